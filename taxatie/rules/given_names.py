"""Common given names in the Netherlands: enough to notice that a text names a person, not to know them all.

Left out are those that are words as well, such as `max`, `rob`, `joke` and `ben`.
"""

from typing import Final

GIVEN_NAMES: Final = frozenset(
    """
    adam ahmed ahmet aisha albert alex alexander ali alice amber amina amira angela anita anja anke anna anneke
    annemarie annet anouk ans anton arie arjan astrid ayse aziz barbara bart bas beatrix bert bianca bilal bob
    boris bram brigitte carla carolien caroline catharina chantal charlotte christiaan cor cornelia corrie daan
    daniel danielle david debby dennis desiree diana dick dirk dirkjan edwin elif eline elisabeth ellen elly els
    emily emine emma erica erik erwin esther eva evelien ewa fatima femke fenna ferdi finn fleur floris francien
    frans fred freek frits geert gerard gerda gerrit gert gijs greet guus hamza hanna hannah hanneke hans harrie
    hassan hedwig heleen helena hendrik henk henny herman hilde hugo ibrahim ilse ineke ingrid irene iris isa
    isabel ivo jaap jacob jacqueline james jan janneke jantje jasmijn jasper jeanette jelle jeroen jesse jessica
    jip joanna joep johan johanna john joost jordy joris jos jose joyce judith julia julian jurre karel karim
    karin kees kevin khadija kim klaas koen lars laura leo leon levi lidia lieke linda lisa lotte lucas lucia
    luuk lynn maaike maarten maartje mandy manon marcel margriet maria marianne marieke marijke marjan marjolein
    mark marleen marloes martijn martin mary matthijs maud mehmet melanie melissa merel michael michiel mila
    miriam mirjam mohamed mohammad mohammed monique murat mustafa nadia naomi natasja nathalie nick nicole niels
    nina noah noor omar oscar patricia patrick paul paula pauline peter petra piet pieter pim rachid ramon
    renate rené ria rick rik robert robin roel ronald roos ruben rutger ruud samira sander sandra sanne sara
    sarah saskia sebastiaan selma sem silvia simone sjaak sjoerd sofie sophie soufiane stefan sven sylvia tamara
    teun thea thijs thomas tim tineke tom trudy truus tygo vera victor vincent wendy wesley wietske willem
    willemijn wilma wim wouter yara yasmina youssef yvonne zeynep zoë
    """.split()  # noqa: SIM905  # a list with quotes would fill pages
)
"""Each in small letters."""

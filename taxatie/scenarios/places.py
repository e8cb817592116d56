"""The larger places of the Netherlands: enough to notice that a scenario names where it happened.

Left out are those that are words as well, such as `Best`, `Goes` and `Noord`.
"""

from typing import Final

PLACES: Final = frozenset(
    place.strip()
    for place in """
    alkmaar, almelo, almere, alphen aan den rijn, amersfoort, amstelveen, amsterdam, apeldoorn, arnhem, assen,
    barendrecht, bergen op zoom, beverwijk, breda, bussum, capelle aan den ijssel, castricum, culemborg, delft,
    delfzijl, den bosch, den haag, den helder, deventer, doetinchem, dordrecht, drachten, dronten, ede, eindhoven,
    emmeloord, emmen, enkhuizen, enschede, geldrop, geleen, gorinchem, gouda, groningen, haarlem,
    haarlemmermeer, hardenberg, harderwijk, heemskerk, heemstede, heerenveen, heerhugowaard, heerlen, helmond, hengelo,
    hilversum, hoofddorp, hoogeveen, hoogezand, hoorn, ijmuiden, kampen, katwijk, kerkrade, leerdam, leeuwarden,
    leiden, leiderdorp, leidschendam, lelystad, maassluis, maastricht, meppel, middelburg, nieuwegein, nijkerk,
    nijmegen, oldenzaal, oosterhout, oss, papendrecht, purmerend, raalte, ridderkerk, rijswijk, roermond,
    roosendaal, rotterdam, scheveningen, schiedam, schijndel, sittard, sliedrecht, sneek, soest, spijkenisse,
    stadskanaal, steenwijk, terneuzen, the hague, tiel, tilburg, uden, utrecht, valkenswaard, veendam, veenendaal,
    veghel, veldhoven, velsen, venlo, venray, vlaardingen, vlissingen, volendam, voorburg, vught, waalwijk,
    waddinxveen, wageningen, wassenaar, weert, winschoten, winterswijk, woerden, zaandam, zaanstad, zandvoort,
    zeist, zevenaar, zoetermeer, zutphen, zwijndrecht, zwolle, 's-hertogenbosch, bonaire, sint eustatius, saba
    """.split(",")  # noqa: SIM905  # a list with quotes would fill pages
)
"""Each in small letters."""

"""What the columns of a table mean: by their headings, or by what the user says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from unicodedata import combining

from fieldbound.importers.errors import BrokenSource

#: What a column means, by the usual spellings of its heading: those first that say it best. They
#: are without accents and punctuation, in small letters, in English, German, French and Spanish.
SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "api name/api field/api field name/json name/json key/json path/technical name/"
        "technischer name/nom technique/nombre tecnico/nombre api/nom api/api name technical",
        "field/field name/fieldname/attribute/attribute name/parameter/parameter name/property/"
        "property name/column/column name/element/element name/key/fields/feld/feldname/attribut/"
        "attributname/spalte/spaltenname/eigenschaft/champ/nom du champ/nom de champ/attribut name/"
        "colonne/propriete/parametre/campo/nombre del campo/nombre de campo/atributo/columna/"
        "propiedad/parametro/component/komponente",
        "name/nom/nombre/bezeichner",
    ),
    "title": (
        "label/display name/field label/bezeichnung/anzeigename/libelle/etiqueta",
        "short description/short text/kurzbeschreibung/kurztext",
    ),
    "type": (
        "data type/datatype/type/field type/format type/datentyp/typ/feldtyp/type de donnees/"
        "type de champ/tipo/tipo de dato/tipo de datos",
    ),
    "maxLength": (
        "max length/maxlength/maximum length/max len/max chars/max characters/max size/"
        "maximum size/maximum characters/character limit/max field length/maximale lange/max lange/"
        "maximallange/maximale zeichen/max zeichen/longueur max/longueur maximale/taille max/"
        "taille maximale/longitud maxima/longitud max/tamano maximo",
        "length/len/size/field length/chars/characters/lange/feldlange/grosse/zeichen/longueur/"
        "taille/longitud/tamano/largo",
    ),
    "minLength": (
        "min length/minlength/minimum length/min len/min chars/min characters/mindestlange/"
        "minimale lange/min lange/longueur min/longueur minimale/longitud minima/longitud min",
    ),
    "required": (
        "required/mandatory/is required/is mandatory/m o/mandatory optional/required optional/"
        "m o c/r o/req/req d/must/pflicht/pflichtfeld/muss/muss kann/erforderlich/obligatorisch/"
        "requis/obligatoire/oblig/obligatorio/requerido/required for create/presence/m",
    ),
    "optional": ("optional/is optional/optionnel/facultatif/opcional",),
    "nullable": ("nullable/null/is nullable/allows null/null allowed/nullable y n",),
    "enum": (
        "allowed values/valid values/possible values/accepted values/permitted values/picklist/"
        "picklist values/enum/enumeration/enum values/options/list of values/lov/code list/codes/"
        "erlaubte werte/zulassige werte/mogliche werte/gultige werte/werteliste/wertebereich/"
        "valeurs possibles/valeurs autorisees/valeurs permises/valores permitidos/"
        "valores posibles/valores validos/valores",
        "values/value/werte/wert/valeurs/domain/choices",
    ),
    "default": (
        "default/default value/defaults/defaults to/standard/standardwert/vorgabe/vorgabewert/"
        "valeur par defaut/par defaut/valor por defecto/valor predeterminado/por defecto",
    ),
    "description": (
        "description/beschreibung/descripcion/definition/meaning/bedeutung/erlauterung",
        "notes/note/comment/comments/remarks/remark/bemerkung/bemerkungen/kommentar/anmerkung/"
        "hinweis/commentaire/commentaires/remarque/remarques/observaciones/comentario/comentarios/"
        "notas",
    ),
    "minimum": (
        "min value/minimum value/minvalue/min/minimum/kleinster wert/minimalwert/valeur min/"
        "valeur minimale/valor minimo/minimo",
    ),
    "maximum": (
        "max value/maximum value/maxvalue/max/maximum/grosster wert/maximalwert/valeur max/"
        "valeur maximale/valor maximo/maximo",
    ),
    "format": (
        "format/pattern/regex/regular expression/regexp/muster/date format/formato/motif/patron",
    ),
    "readOnly": (
        "read only/readonly/is read only/schreibgeschutzt/nur lesen/lecture seule/solo lectura",
    ),
    "access": ("access/rw/r w/ro rw/read write/zugriff/acces/acceso",),
    "precision": ("precision/total digits/digits/genauigkeit/stellen",),
    "scale": (
        "scale/decimals/decimal places/decimal digits/fraction digits/nachkommastellen/"
        "dezimalstellen/dezstellen/dez stellen/decimales",
    ),
    "resource": (
        "object/object name/entity/entity name/resource/resource name/table/table name/record type/"
        "objekt/entitat/tabelle/objet/entite/objeto/entidad/tabla",
    ),
}
_WORD: Final = re.compile(r"[^a-z0-9]+")
#: What a heading may have behind it, and still means the same.
_UNIT: Final = re.compile(r" (?:in )?(?:chars?|characters?|zeichen|caracteres|digits|stellen)$")
_LETTERS: Final = {"ß": "ss", "ø": "o", "æ": "ae"}


def plain(text: str) -> str:
    """Return a text in small letters, without accents and punctuation: max lange."""
    folded = "".join(_LETTERS.get(each, each) for each in text.casefold())
    parts = unicodedata.normalize("NFKD", folded)
    return _WORD.sub(" ", "".join(each for each in parts if not combining(each))).strip()


#: Each spelling, with what it means and how well it says it: 0 is best.
_KNOWN: Final = {
    spelling: (meaning, rank)
    for meaning, ranks in SPELLINGS.items()
    for rank, spellings in enumerate(ranks)
    for spelling in spellings.split("/")
}


def _known(heading: str) -> tuple[str, int] | None:
    return _KNOWN.get(heading) or _KNOWN.get(_UNIT.sub("", heading))


def is_known(heading: str) -> bool:
    """Return whether a heading is one that means something."""
    return _known(plain(heading)) is not None


#: Columns that may be there several times: their texts follow each other.
_SEVERAL: Final = ("description",)
#: Columns of values, which may be marked as such.
_VALUES: Final = ("enum", "default")


class Columns:
    """The columns of a table by what they mean: each is one or several indices."""

    def __init__(self, found: Mapping[str, tuple[int, ...]]) -> None:
        self._found = found

    def __contains__(self, meaning: object) -> bool:
        return meaning in self._found

    @property
    def read(self) -> set[int]:
        """The indices of the columns that mean something."""
        return {each for indices in self._found.values() for each in indices}

    def text(self, cells: Sequence[str], meaning: str) -> str:
        """Return what a row has in the column, "" if there is none; several are joined."""
        indices = self._found.get(meaning, ())
        text = "\n".join(filter(None, (cells[each] for each in indices if each < len(cells))))
        # A value may be set in code, and what is in it is the value; of all else, the text is.
        return text if meaning in _VALUES else text.replace("`", "")


class Headings:
    """Recognises columns; *given* maps what one means to its heading, as the user has it."""

    def __init__(self, given: Mapping[str, str], file: str) -> None:
        self._file = file
        self._given = {}
        known = {each.casefold(): each for each in SPELLINGS}
        for meaning, heading in given.items():
            if meaning.casefold() not in known:
                reason = f"no column means {meaning!r}: must be one of {', '.join(SPELLINGS)}"
                raise BrokenSource(reason, file)
            self._given[known[meaning.casefold()]] = heading
        self._wanted = {plain(each) or each for each in self._given.values()}

    def columns(self, cells: Sequence[str], place: str) -> Columns | None:
        """Return the columns that a row of headings has, None if it is no row of headings.

        Raises BrokenSource if two columns have the same meaning.
        """
        if len({*filter(None, cells)}) < 2:  # noqa: PLR2004 - a name, and a limit
            return None
        headings = [plain(each) or each for each in cells]
        found = self._mapped(headings)
        if self._given and not found.keys() >= self._given.keys():
            return None
        candidates = self._recognised(headings, {each for at in found.values() for each in at})
        for meaning, ranked in candidates.items():
            if meaning in found:
                continue
            best = min(rank for rank, _ in ranked)
            indices = [index for rank, index in ranked if rank == best or meaning in _SEVERAL]
            if len({headings[each] for each in indices}) > 1 and meaning not in _SEVERAL:
                both = " and ".join(repr(cells[each]) for each in indices)
                reason = f"the columns {both} look the same: name one by --column {meaning}=HEADING"
                raise BrokenSource(reason, self._file, place)
            found[meaning] = tuple(indices if meaning in _SEVERAL else indices[:1])
        return Columns(found) if "name" in found and len(found) > 1 else None

    def _mapped(self, headings: list[str]) -> dict[str, tuple[int, ...]]:
        pairs = ((meaning, plain(each) or each) for meaning, each in self._given.items())
        return {name: (headings.index(each),) for name, each in pairs if each in headings}

    def _recognised(self, headings: list[str], taken: set[int]) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for index, each in enumerate(headings):
            if index not in taken and (known := _known(each)) is not None:
                meaning, rank = known
                found.setdefault(meaning, []).append((rank, index))
        return found

    def not_found(self, rows: Iterator[Sequence[str]]) -> BrokenSource:
        """Return the error that no row has headings that are known."""
        first = next((each for each in rows if sum(map(bool, each)) > 1), ())
        listed = ", ".join(each.replace("\n", " ") for each in first[:20] if each) or "none"
        if self._given:
            wanted = ", ".join(self._given.values())
            reason = f"there is no table with the columns {wanted}: the headings are {listed}"
        else:
            reason = (
                f"no column of names, or none of limits, is recognised by its heading: {listed}; "
                "say which is which by --column name=HEADING --column maxLength=HEADING"
            )
        return BrokenSource(reason, self._file)

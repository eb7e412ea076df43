"""A schema goes in, a Contract comes out: it judges instances and knows its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Literal

import jsonschema_rs

from .document import Document
from .inline import inlined
from .limits import Limits, Survey
from .model import (
    BrokenContract,
    FieldboundError,
    Invalid,
    Limit,
    Place,
    Report,
    Unspecified,
    Violation,
)
from .references import DIALECTS, References, pointer_of, tokens_of
from .values import DEEPEST, Path, is_deep, kind_of, plain

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as ReferenceValidator

    from .explain import Mistake

#: The URI under which a schema without one of its own is known. Nothing is ever fetched from it.
BASE: Final = "https://fieldbound.invalid/"
#: Steps back that one match of a pattern may take before the value counts as not matching.
_BACKTRACKS: Final = 100_000
_NOTHING: Final[Mapping[str, str]] = {}


class Contract:
    """What one vendor demands of one body, header set or query: a JSON Schema with a name.

    *schema* is any JSON Schema of draft 4 to 2020-12, *resources* maps URIs to what it refers to
    (nothing is fetched), *formats* is "assert" or "annotate". In the schema, `x-source` says where
    a limit is documented, `x-unspecified` what is not, `x-sensitive` which values no output shows,
    and `x-any-case` that names count in any case, as those of headers do.

    Raises BrokenContract where the schema is none, or refers to what is not there.
    """

    def __init__(
        self,
        schema: Mapping[str, Any] | bool,
        *,
        name: str = "schema",
        resources: Mapping[str, Any] | None = None,
        formats: Literal["assert", "annotate"] = "assert",
    ) -> None:
        if formats not in ("assert", "annotate"):
            raise ValueError(f"formats is {formats!r}, but must be 'assert' or 'annotate'")
        self.name = name
        self.schema: Any = schema
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        self._resources = {
            uri: _in_dialect(each, dialect) for uri, each in (resources or {}).items()
        }
        self._formats = formats
        self._uri = _uri_of(schema, name)
        self._engine = _compiled(schema, self._uri, self._resources, formats)
        self._judge: Callable[[Any], bool] = self._first_judge
        self._quick: Callable[[Any], bool] = self._first_quick

    def __repr__(self) -> str:
        return f"Contract({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.schema, self.name, self._resources, self._formats)

    # -- judging -------------------------------------------------------------------------------

    def is_valid(self, instance: Any) -> bool:
        """Return whether *instance*, a JSON value or a Document, keeps every limit.

        Raises NotJSON for an object that is no JSON value, Unspecified where the vendor documents
        nothing to judge by.
        """
        try:
            return self._quick(instance)
        except ValueError:
            return self.check(instance).ok

    def check(self, instance: Any) -> Report:
        """Return the Report of *instance*, a JSON value or a Document, which gives places too.

        Raises NotJSON for an object that is no JSON value, Unspecified where the vendor documents
        nothing to judge by.
        """
        if isinstance(instance, Document):
            return self._check_document(instance)
        try:
            valid = self._judge(instance)
            return self._report(instance, () if valid else self._violations(instance))
        except ValueError:
            return self._report(instance, self._strange(instance))

    def validate(self, instance: Any) -> None:
        """Raise Invalid, which has the Report, if *instance* breaks a limit."""
        report = self.check(instance)
        if not report.ok:
            raise Invalid(report)

    def jsonschema_validator(self) -> ReferenceValidator:
        """Return a validator of the jsonschema package for the same schema and resources."""
        from jsonschema import FormatChecker
        from jsonschema.validators import Draft202012Validator, validator_for
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        registry: Registry[Any] = Registry().with_contents(
            self._resources.items(), default_specification=DRAFT202012
        )
        made = validator_for(self.schema, default=Draft202012Validator)
        checker = FormatChecker() if self._formats == "assert" else None
        validator: ReferenceValidator = made(self.schema, registry=registry, format_checker=checker)
        return validator

    # -- what the contract says ----------------------------------------------------------------

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit, in the order of the schema."""
        return self._limits.all()

    @cached_property
    def unspecified(self) -> Mapping[str, str]:
        """Pointer and reason of what the vendor does not document and nobody judges."""
        return self._survey.unspecified

    @cached_property
    def _limits(self) -> Limits:
        return Limits(self.name, self.schema, self._uri, self._resources, self._formats)

    @cached_property
    def _explain(self) -> Callable[..., list[Mistake]]:
        """What tells mistakes from the engine's errors, imported when something is invalid."""
        from .explain import mistakes

        return mistakes

    def _report(self, instance: Any, violations: tuple[Violation, ...]) -> Report:
        return Report(self.name, violations, None, self._unjudged(instance))

    def _unjudged(self, instance: Any) -> Mapping[str, str]:
        """Return what the vendor does not document of what is there in an instance."""
        firsts = self._first_undocumented
        if firsts is not None and (not isinstance(instance, dict) or firsts.isdisjoint(instance)):
            return _NOTHING
        return {
            pointer: reason
            for pointer, names, reason in self._undocumented
            if _has(instance, names)
        }

    @cached_property
    def _first_undocumented(self) -> frozenset[str] | None:
        """The names under which something is not documented; None: it may be under any."""
        firsts = [names[:1] for _, names, _ in self._undocumented]
        anywhere = () in firsts or ("*",) in firsts
        return None if anywhere else frozenset(name for first in firsts for name in first)

    @cached_property
    def _undocumented(self) -> list[tuple[str, tuple[str, ...], str]]:
        return [
            (pointer, tokens_of(pointer), reason) for pointer, reason in self.unspecified.items()
        ]

    @cached_property
    def _survey(self) -> Survey:
        return self._limits.survey()

    @cached_property
    def _sensitive(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tokens_of(at) for at in self._survey.sensitive)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The names whose case does not count, by their lower case; empty where case counts."""
        anywhere = isinstance(self.schema, dict) and self.schema.get("x-any-case") is True
        return {name.lower(): name for name in self.schema["properties"]} if anywhere else {}

    # -- the ways of judging -------------------------------------------------------------------

    def _first_judge(self, instance: Any) -> bool:
        """Choose the way of judging that this schema needs, once, and judge."""
        self._judge = self._engine.is_valid
        if self._names:
            self._judge = self._judge_any_case
        elif self._survey.recursive:
            self._judge = self._judge_shallow
        elif self._survey.silent and "" in self.unspecified:
            self._judge = partial(_refuse, self.name, self.unspecified[""])
        return self._judge(instance)

    def _first_quick(self, instance: Any) -> bool:
        """Choose the quickest way to a mere yes or no, once, and judge.

        It takes a second compilation, which a single check of a file does without.
        """
        valid = self._judge(instance)
        self._quick = self._judge
        schema = inlined(self._limits.references) if self._judge == self._engine.is_valid else None
        if schema is not None:
            self._quick = _compiled(schema, self._uri, self._resources, self._formats).is_valid
        return valid

    def _judge_any_case(self, instance: Any) -> bool:
        return self._engine.is_valid(self._in_our_case(instance))

    def _judge_shallow(self, instance: Any) -> bool:
        """Keep the engine, which recurses with a schema that does, from a bottomless instance."""
        if is_deep(instance):
            raise ValueError(f"nested deeper than {DEEPEST}")
        return self._engine.is_valid(instance)

    def _in_our_case(self, instance: Any) -> Any:
        if not isinstance(instance, dict) or not self._names:
            return instance
        ours = {self._names.get(str(key).lower(), key): each for key, each in instance.items()}
        if len(ours) < len(instance):
            raise ValueError("a name is there more than once, in different cases")
        return ours

    # -- explaining ----------------------------------------------------------------------------

    def _mistakes(self, instance: Any) -> list[Mistake]:
        """Return the mistakes in an instance that the engine has refused."""
        found = self._explain(self._engine.iter_errors(instance), instance, self._limits)
        if not found:
            raise FieldboundError(f"{self.name}: the engine refuses what it finds no fault with")
        return found

    def _violations(self, instance: Any) -> tuple[Violation, ...]:
        instance = self._in_our_case(instance)
        found = self._mistakes(instance)
        if len(found) > 1:
            found.sort(key=partial(_position, instance))
        if not self._sensitive:
            return tuple([each.violation() for each in found])
        return tuple([each.violation(None, self._hides(each.path)) for each in found])

    def _strange(self, instance: Any) -> tuple[Violation, ...]:
        """Explain an instance that the engine cannot take as it is."""
        value, fault = plain(instance)
        if fault is None:
            fault = self._repeated(value)
        if fault is not None:
            return (fault,)
        return () if self._judge(value) else self._violations(value)

    def _repeated(self, instance: Any) -> Violation | None:
        """Return the violation of a name that is there twice, where case does not count."""
        seen = set()
        for name in instance if self._names and isinstance(instance, dict) else ():
            if name.lower() in seen:
                return Violation("duplicateKey", pointer_of((name,)))
            seen.add(name.lower())
        return None

    def _check_document(self, document: Document) -> Report:
        found = document.faults
        repeated = self._repeated(document.value) if document.readable else None
        if repeated is not None:
            at = ((repeated.pointer[1:],), True)
            place = document.places([at])[at]
            found = (*found, replace(repeated, place=place))
        elif document.readable and not self._judge(document.value):
            found = (*found, *self._placed(document))
        found = tuple(sorted(found, key=lambda each: each.place or Place(1, 1)))
        numbers = {each.place.line for each in found if each.place is not None}
        lines = document.lines(numbers) if numbers and not self._sensitive else {}
        unjudged = self._unjudged(document.value)
        return Report(self.name, found, document.name, unjudged, lines)

    def _placed(self, document: Document) -> list[Violation]:
        found = self._mistakes(self._in_our_case(document.value))
        theirs = self._in_their_case(document.value)
        wanted = [
            ((*(theirs.get(name, name) for name in each.place[:1]), *each.place[1:]), each.of_name)
            for each in found
        ]
        places = document.places(wanted)
        return [
            each.violation(places[at], self._hides(each.path))
            for each, at in zip(found, wanted, strict=True)
        ]

    def _in_their_case(self, instance: Any) -> Mapping[Any, str]:
        if not isinstance(instance, dict) or not self._names:
            return {}
        return {self._names.get(name.lower(), name): name for name in instance}

    def _hides(self, path: Path) -> bool:
        """Whether a value is, or is part of, one that no output may show."""
        if not self._sensitive:
            return False
        names = [str(each) for each in path]
        return any(
            len(at) <= len(names) and all(a in ("*", b) for a, b in zip(at, names, strict=False))
            for at in self._sensitive
        )


def _rebuilt(schema: Any, name: str, resources: Any, formats: Any) -> Contract:
    return Contract(schema, name=name, resources=resources, formats=formats)


def _refuse(name: str, reason: str, instance: Any) -> bool:  # noqa: ARG001
    raise Unspecified(name, reason)


def _has(instance: Any, names: tuple[str, ...]) -> bool:
    """Return whether an instance has something at a path, `*` being any item or other name."""
    if not names:
        return True
    name = names[0]
    if isinstance(instance, dict):
        if name != "*":
            return name in instance and _has(instance[name], names[1:])
        return any(_has(part, names[1:]) for part in instance.values())
    return isinstance(instance, (list, tuple)) and any(_has(part, names[1:]) for part in instance)


def _uri_of(schema: Any, name: str) -> str:
    if isinstance(schema, dict):
        for keyword in ("$id", "id"):
            if isinstance(schema.get(keyword), str) and ":" in schema[keyword]:
                uri: str = schema[keyword].partition("#")[0]
                return uri
    from urllib.parse import quote

    return BASE + quote(name)


def _position(instance: Any, mistake: Mistake) -> tuple[int, ...]:
    """Return where a mistake stands in the order of the document."""
    order = []
    for token in mistake.place:
        if isinstance(instance, dict):
            order.append(list(instance).index(token) if token in instance else len(instance))
            instance = instance.get(token)
        else:
            order.append(int(token))
            instance = instance[token]
    return tuple(order)


def _compiled(
    schema: Any, uri: str, resources: Mapping[str, Any], formats: str
) -> jsonschema_rs.Validator:
    """Compile a schema for the engine, or say what is wrong with it and where."""
    if not isinstance(schema, (dict, bool)):
        raise BrokenContract(f"a JSON Schema is an object or a boolean, not {kind_of(schema)}")
    dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""
    if isinstance(dialect, str) and dialect.partition("#")[0] not in {*DIALECTS, *resources}:
        reason = f"the meta-schema {dialect!r} is no known draft, and not among the resources"
        raise BrokenContract(reason, pointer="/$schema")
    try:
        return jsonschema_rs.validator_for(
            schema,
            registry=jsonschema_rs.Registry(list(resources.items())),
            base_uri=uri,
            validate_formats=formats == "assert",
            offline=True,
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS),
        )
    except jsonschema_rs.ValidationError as error:
        if error.kind.name == "$ref":
            pointer, reason = References(schema, uri, resources).dangling() or ("", error.message)
        else:
            pointer, reason = pointer_of(error.instance_path), error.message
        raise BrokenContract(_line(reason), pointer=pointer or None) from None
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise BrokenContract(_line(str(error))) from None


def _in_dialect(resource: Any, dialect: Any) -> Any:
    """Return a resource as of the schema's own draft, if it names none itself."""
    if isinstance(resource, dict) and "$schema" not in resource and isinstance(dialect, str):
        return {"$schema": dialect, **resource}
    return resource


def _line(message: str) -> str:
    return " ".join(message.split())

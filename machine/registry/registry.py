"""`Registry`: what one file says, checked; and the models that its names stand for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from attrs import evolve, field, frozen

from ...errors import ConfigurationError
from ...tools.wording import closest
from ..model import Model
from ..wire.address import resolve_url
from ..wire.hosts import HOSTS
from .checks import ROLE, host_of, problems_among, warnings_of
from .document import Document, Problem, read
from .entries import Entries, ModelEntry, read_entries
from .keys import key_of, key_source
from .saving import write_host_types

__all__ = ["Configured", "Registry"]


@frozen(kw_only=True)
class Configured:
    """What the file says of a model, without its key: fit to be shown.

    *host* is the host's name in the file, None for an address of the model's own; *guessed* says that *host_type* was not
    named, and *key* where the key comes from.
    """

    name: str
    model_name: str
    label: str
    host: str | None
    host_type: str
    guessed: bool
    url: str
    key: str


@frozen(kw_only=True)
class Registry:
    """Hosts, models and roles as one file configures them.

    *roles* maps each role to the names of its models: the one that has it, then its fallbacks in order.  *warnings* are
    lines about what works and should not be.  Keys are read from environment and files when a model is asked for, so one
    that is missing is no fault of the others.
    """

    path: Path
    roles: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()
    _document: Document = field(repr=False, alias="document")
    _entries: Entries = field(repr=False, alias="entries")

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Return the registry of the file at *path*: JSON where its name ends in `.json`, TOML otherwise.

        Raises one `ConfigurationError` with all that is wrong, each with file and line.  What is only unwise is in `warnings`.
        """
        return cls.of(read(Path(path).expanduser().absolute()))

    @classmethod
    def of(cls, document: Document) -> Self:
        """Return the registry of a file that has been read.  Raises as `load` does."""
        entries, problems = read_entries(document.data)
        document.refuse((*problems, *problems_among(entries, {problem.place[:2] for problem in problems})))
        return cls(
            path=document.path,
            roles={name: role.names for name, role in entries.roles.items()},
            warnings=document.told(warnings_of(entries)),
            document=document,
            entries=entries,
        )

    @property
    def host_names(self) -> tuple[str, ...]:
        """The hosts of the file, in its order."""
        return tuple(self._entries.hosts)

    @property
    def model_names(self) -> tuple[str, ...]:
        """The models of the file, in its order."""
        return tuple(self._entries.models)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the models that *name* stands for, in order: a model, or `role:NAME` with its fallbacks.

        Raises `ConfigurationError`, which lists what there is, for any other.
        """
        if name.startswith(ROLE) and name.removeprefix(ROLE) in self.roles:
            return self.roles[name.removeprefix(ROLE)]
        if name in self._entries.models:
            return (name,)
        raise self.unknown(name)

    def models(self, name: str) -> tuple[Model, ...]:
        """Return the models that *name* stands for: of `role:NAME` the model that has it, then its fallbacks.

        Raises `ConfigurationError` for a name that is not there, and for a key that can not be had, with file and line.
        """
        return tuple(map(self._model, self.names(name)))

    def model(self, name: str) -> Model:
        """Return the first of `models(name)`; the keys of the others need not be there.  Raises as it does."""
        return self._model(self.names(name)[0])

    def label(self, name: str) -> str:
        """Return what people are shown of the model of that *name*.  Raises `ConfigurationError` when there is none."""
        entry = self._entry(name)
        return entry.label or entry.model_name

    def about(self, name: str) -> Configured:
        """Return what can be shown of the model of that *name*.  Raises `ConfigurationError` when there is none."""
        entry = self._entry(name)
        host = host_of(entry, self._entries.hosts)
        return Configured(
            name=name,
            model_name=entry.model_name,
            label=self.label(name),
            host=entry.host,
            host_type=host.kind,
            guessed=not host.host_type,
            url=resolve_url(host.api_url, HOSTS[host.kind]),
            key=key_source(entry.at(host)),
        )

    def unknown(self, name: str) -> ConfigurationError:
        """Return what to raise for a *name* that nothing here has: it lists the models and the roles."""
        models, roles = self.model_names, [f"{ROLE}{role}" for role in self.roles]
        near = closest(name.removeprefix(ROLE), (*models, *self.roles))
        meant = f" did you mean {near if near in models else ROLE + near!r}?" if near else ""
        known = f"models: {', '.join(models)}; roles: {', '.join(roles) or 'none'}"
        return ConfigurationError(f"{self.path}: no model or role is named {name!r};{meant} There are {known}")

    @property
    def unwritten(self) -> Mapping[tuple[str, str], str]:
        """The kinds of hosts that the file leaves to be guessed, by the table and the name that they belong to."""
        hosts = {("hosts", name): host for name, host in self._entries.hosts.items()}
        models = {("models", name): model for name, model in self._entries.models.items() if model.host is None}
        return {place: each.kind for place, each in (hosts | models).items() if not each.host_type}

    def save(self) -> None:
        """Write each `host_type` that was guessed into the file; all else in it stays as it is, comments too.

        The file is replaced at once, or not at all.  Raises `ConfigurationError` when it has changed since it was read,
        or can not be written; it is untouched then.
        """
        write_host_types(self._document, self.unwritten)

    def _entry(self, name: str) -> ModelEntry:
        if name not in self._entries.models:
            raise self.unknown(name)
        return self._entries.models[name]

    def _model(self, name: str) -> Model:
        entry = self._entry(name)
        host = host_of(entry, self._entries.hosts)
        whole = entry.at(host)
        try:
            key = key_of(whole, self.path.parent)
        except ConfigurationError as error:
            source = "api_key_env" if whole.api_key_env is not None else "api_key_file"
            owner = ("models", name) if source in entry.model_fields_set else ("hosts", entry.host or "")
            problem = Problem((*owner, source), f"{error}, so the model {name!r} can not be asked")
            raise ConfigurationError(*self._document.told([problem])) from None
        model = Model(
            whole.model_name,
            # Always an address: without one the model would follow OPENAI_BASE_URL, and take the key along.
            base_url=whole.api_url or HOSTS[host.kind].url,
            api_key=key,
            host=host.kind,
            label=self.label(name),
            parameters=whole.parameters,
            headers={header: value.get_secret_value() for header, value in whole.headers.items()},
            profile=whole.profile,
        )
        seconds = ("timeout", "first_token_timeout", "between_tokens_timeout", "retry_within")
        return evolve(model, **{each: getattr(whole, each) for each in seconds if getattr(whole, each) is not None})

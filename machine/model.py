"""A model at an endpoint: what a caller says of it, settled and checked early."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from attrs import Factory, field, fields, frozen

from ..errors import ConfigurationError
from ..states.messages import Origin
from ..states.text import well_formed
from .wire.host_profile import HostProfile, overridden
from .wire.hosts import HOSTS, guess_host, host_named, resolve_url
from .wire.request import check_parameters

if TYPE_CHECKING:
    import httpx2

    from .clients import Pool

__all__ = ["Address", "Model"]

_NO_KEY: Final = "none"


# A validator is handed a value of any type: that it may be a wrong one is why there is a validator.
def _text(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or value != well_formed(value):
        raise ConfigurationError(f"Model(name=...): the model's name at its host is wanted, not {value!r}")


@frozen(kw_only=True)
class Address:
    """What makes two models share their connections.  The key is never shown."""

    url: str
    api_key: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    connect_seconds: float = 10.0


def _given_url(model: Model) -> str | None:
    return model.base_url or (os.environ.get("OPENAI_BASE_URL") if model.host in (None, "openai") else None) or None


def _profile_of(model: Model) -> HostProfile:
    if isinstance(model.host, HostProfile):
        chosen = model.host
    else:
        chosen = guess_host(_given_url(model)) if model.host is None else host_named(model.host)
    return overridden(chosen, model.overrides)


def _address_of(model: Model) -> Address:
    url = resolve_url(_given_url(model), model.profile)
    is_openai = url == HOSTS["openai"].url or (model.base_url is None and bool(os.environ.get("OPENAI_BASE_URL")))
    key = model.api_key or (os.environ.get("OPENAI_API_KEY") if is_openai else None)
    header = model.profile.key_header
    own = {header: key} if key and header.lower() != "authorization" else {}
    return Address(url=url, api_key=key or _NO_KEY, headers=tuple({**own, **model.headers}.items()))


@frozen
class Model:
    """A model by its *name* at an endpoint; or, `Model("role:chat")`, the one that has a role in the configuration file.

    *base_url* is the endpoint's address (with or without a trailing slash or `/chat/completions`); without one it is
    the host's usual address, or `OPENAI_BASE_URL`.  *host* is the kind of host (`"openai"`, `"ollama"`, `"openwebui"`,
    ..., `"portable"`), guessed from the address when omitted; or a `HostProfile` of your own.  *profile* replaces fields of
    it one by one: `profile={"bridge_after_tool": True}`.  Without an *api_key* that of `OPENAI_API_KEY` is used for
    OpenAI's own address or `OPENAI_BASE_URL`, and `"none"` elsewhere: a key is never sent where it was not meant to go.

    *label* is what people are shown (default: the name).  *parameters* go into every request as they are
    (`{"temperature": 0}`; a `max_tokens` under the name that the host has for it), *headers* likewise.  *timeout* is
    seconds for one whole call; of a stream, *first_token_timeout* and *between_tokens_timeout* are seconds of silence (None:
    any).  A call that failed is not tried again when that would be later than *retry_within* seconds after the first
    failure.  *http_client* is an `httpx2.AsyncClient` of your own, which stays yours to close.

    Raises `ConfigurationError` for an empty name, an unknown host or field of a profile, an address that is none, and a
    parameter that the host does not take.
    """

    name: str = field(validator=_text)
    base_url: str | None = field(default=None, kw_only=True)
    api_key: str | None = field(default=None, kw_only=True, repr=False)
    host: str | HostProfile | None = field(default=None, kw_only=True)
    http_client: httpx2.AsyncClient | None = field(default=None, kw_only=True, repr=False)
    label: str = field(default=Factory(lambda model: model.name, takes_self=True), kw_only=True)
    parameters: Mapping[str, object] = field(factory=dict[str, object], kw_only=True)
    headers: Mapping[str, str] = field(factory=dict[str, str], kw_only=True, repr=False)
    timeout: float = field(default=600.0, kw_only=True)
    first_token_timeout: float | None = field(default=None, kw_only=True)
    between_tokens_timeout: float | None = field(default=None, kw_only=True)
    retry_within: float = field(default=120.0, kw_only=True)
    overrides: Mapping[str, object] = field(factory=dict[str, object], kw_only=True, alias="profile", repr=False)
    profile: HostProfile = field(default=Factory(_profile_of, takes_self=True), init=False, repr=False)
    address: Address = field(default=Factory(_address_of, takes_self=True), init=False, repr=False)
    own_pool: list[Pool] = field(factory=list["Pool"], init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Settle a role, and refuse a parameter that the host would refuse, before anything is sent."""
        if self.name.startswith("role:") and self.base_url is None and self.host is None:
            from .registry import current_registry  # loads pydantic

            resolved = current_registry().model(self.name)
            for each in fields(Model):
                object.__setattr__(self, each.name, getattr(resolved, each.name))  # the one that the role names, in all
        check_parameters(self.profile, self.parameters)

    @classmethod
    def named(cls, text: str) -> Self:
        """Return the model that *text* names: `"gpt-5-mini"`, or `"ollama:llama3.1"` with the kind of host in front."""
        host, colon, name = text.partition(":")
        return cls(name, host=host) if colon and host in HOSTS else cls(text)

    @classmethod
    def from_config(cls, config: Mapping[str, object] | None) -> Self:
        """Return the model of a resolved configuration: `api_url`, `api_key`, `model_name`, `label`, `host_type`.

        A configuration that names no `host_type` is Open WebUI's.  Raises `ConfigurationError`, which names the label,
        for a missing configuration or one without address or model name.
        """
        if not config:
            raise ConfigurationError("no model is configured: a mapping with api_url and model_name is wanted")
        label = str(config.get("label") or config.get("model_name") or "(no label)")
        missing = [key for key in ("api_url", "model_name") if not str(config.get(key) or "").strip()]
        if missing:
            raise ConfigurationError(f"the model {label!r} is not fully configured: {' and '.join(missing)} missing")
        key = config.get("api_key")
        return cls(
            str(config["model_name"]),
            base_url=str(config["api_url"]),
            api_key=str(key) if key else None,
            host=str(config.get("host_type") or "openwebui"),
            label=label,
        )

    @property
    def origin(self) -> Origin:
        """The pair that reasoning blobs are bound to."""
        return Origin(self.profile.name, self.name)

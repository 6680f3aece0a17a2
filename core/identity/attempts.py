"""Which limits a try counts against: passwords by account and address, wrong and resent codes by account."""

from core.identity import rules
from core.limits import Bucket, Limit, bucket
from core.settings import settings

MINUTE, HOUR = 60, 3600
ALARM_FACTOR = 10
CODES_FACTOR = 2


def of_sign_in(username: str, address: str, device_token: str | None) -> list[Bucket]:
    """The buckets of one password try. `device_token` is given only where the account knows the device.

    A known device counts for itself, so nobody elsewhere can use up the tries of an account's owner.
    """
    configured = settings()
    network = rules.network(address)
    per_minute = configured.signin_address_per_minute
    return [
        of_account(username, device_token),
        bucket(Limit("address-minute", per_minute, MINUTE), network),
        bucket(Limit("address-hour", configured.signin_address_per_hour, HOUR), network),
        bucket(Limit("all-addresses", per_minute * ALARM_FACTOR, MINUTE, alarm=True), ""),
    ]


def of_account(username: str, device_token: str | None = None) -> Bucket:
    """The bucket of an account's wrong passwords, or that of one of its devices."""
    configured = settings()
    limit = Limit(
        "account",
        configured.signin_account_failures,
        configured.signin_account_window,
        configured.signin_delay_first,
        configured.signin_delay_longest,
    )
    return bucket(limit, username if device_token is None else f"{username} {rules.token_digest(device_token)}")


def of_codes(account_id: int, device_token: str | None) -> Bucket:
    """The bucket of an account's wrong codes in all its sign-ins: beginning anew does not mean endless guesses.

    It waits like that of wrong passwords, and a device the account knows counts for itself here too.
    """
    configured = settings()
    limit = Limit(
        "codes",
        configured.code_attempts * CODES_FACTOR,
        configured.signin_account_window,
        configured.signin_delay_first,
        configured.signin_delay_longest,
    )
    return bucket(
        limit, str(account_id) if device_token is None else f"{account_id} {rules.token_digest(device_token)}"
    )


def of_calendars(address: str) -> Bucket:
    """The bucket of wrong calendar tokens from an address; it holds as many as that of wrong passwords."""
    return bucket(Limit("calendar-hour", settings().signin_address_per_hour, HOUR), rules.network(address))


def of_resends(account_id: int) -> Bucket:
    """The bucket of an account's resent codes; the first code of a sign-in is not one."""
    return bucket(Limit("resends", settings().code_resends_per_hour, HOUR), str(account_id))

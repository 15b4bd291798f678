"""Users, their sign-ins and tokens, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Event, Invitation, SignIn, Token, User
from brender_farm.domain.roles import Right, Role, Scope
from brender_farm.errors import ActionRefused, NotFound, RequestRefused, TooManyTries
from brender_farm.service import sign_in_limits, sign_ins, tokens, users
from brender_farm.service.recognition import (
    farm_has_users,
    forget_known,
    person_of_sign_in,
    person_of_token,
)

GOOD = "correct horse battery"
VISITOR = sign_ins.Visitor(address="10.0.0.7", browser="Firefox")


@pytest.fixture(autouse=True)
def nothing_known(core_app):
    with core_app.app_context():
        sign_in_limits.forget_failures()
        forget_known()
        yield
        forget_known()


@pytest.fixture
def anna(core_app):
    """An admin who has chosen a password; the second one is what her browser keeps."""
    with core_app.app_context():
        invited = users.add_user("Anna", "admin", actor="setup")
        key = sign_ins.choose_password(invited.key, GOOD, VISITOR)
        yield users.find_user("anna"), key


def test_an_invited_user_chooses_a_password_and_is_signed_in(anna):
    row, key = anna
    person = person_of_sign_in(key)
    assert person.name == "Anna"
    assert person.role is Role.ADMIN
    assert person.may(Right.FARM)
    assert row.has_password
    assert farm_has_users()


def test_a_link_works_once(core_app):
    with core_app.app_context():
        invited = users.add_user("Ben", "artist", actor="setup")
        sign_ins.choose_password(invited.key, GOOD, VISITOR)
        with pytest.raises(NotFound, match="works no more"):
            sign_ins.choose_password(invited.key, GOOD, VISITOR)


def test_a_newer_link_ends_the_older_one(core_app):
    with core_app.app_context():
        first = users.add_user("Ben", "artist", actor="setup")
        users.invite(first.user.id, actor="setup")
        with pytest.raises(NotFound):
            sign_ins.invited_name(first.key)


def test_a_link_that_is_too_old_does_not_work(core_app):
    with core_app.app_context():
        invited = users.add_user("Ben", "artist", actor="setup")
        with writing() as session:
            session.scalar(select(Invitation)).expires_at = datetime.now(UTC)
        with pytest.raises(NotFound):
            sign_ins.choose_password(invited.key, GOOD, VISITOR)


def test_no_secret_is_stored_as_it_is(anna):
    row, key = anna
    made = tokens.add_token(row.id, "ci", "read", actor="Anna")
    with reading() as session:
        kept = [
            *session.scalars(select(User.password_hash)),
            *session.scalars(select(SignIn.key_hash)),
            *session.scalars(select(Token.key_hash)),
            *session.scalars(select(Event.reason)),
        ]
    assert kept
    for secret in (GOOD, key, made.text):
        assert not any(secret in text for text in kept)


def test_the_right_password_signs_in_whatever_the_letter_case_of_the_name(anna):
    key = sign_ins.sign_in("ANNA", GOOD, VISITOR)
    assert person_of_sign_in(key).name == "Anna"


@pytest.mark.parametrize(
    ("name", "password"),
    [("Anna", "wrong password"), ("nobody", GOOD), ("", ""), ("Anna", "x" * 9999)],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(anna, name, password):
    with pytest.raises(RequestRefused) as refused:
        sign_ins.sign_in(name, password, VISITOR)
    assert refused.value.faults[0].message == sign_ins.WRONG


def test_guessing_ends_after_five_tries_for_that_address_only(anna):
    for _ in range(5):
        with pytest.raises(RequestRefused):
            sign_ins.sign_in("Anna", "wrong password", VISITOR)
    with pytest.raises(TooManyTries) as refused:
        sign_ins.sign_in("Anna", GOOD, VISITOR)
    assert 1 <= refused.value.wait_s <= 60
    elsewhere = sign_ins.Visitor(address="10.0.0.8", browser="")
    assert sign_ins.sign_in("Anna", GOOD, elsewhere)


def test_one_address_cannot_guess_through_many_names(anna):
    for number in range(20):
        with pytest.raises(RequestRefused):
            sign_ins.sign_in(f"user{number}", "wrong password", VISITOR)
    with pytest.raises(TooManyTries):
        sign_ins.sign_in("user99", "wrong password", VISITOR)


def test_changing_the_password_ends_the_other_sign_ins(anna):
    row, key = anna
    other = sign_ins.sign_in("Anna", GOOD, VISITOR)
    keep = person_of_sign_in(key).sign_in_id
    sign_ins.change_password(row.id, GOOD, "another good one", visitor=VISITOR, keep=keep)
    assert person_of_sign_in(key) is not None
    assert person_of_sign_in(other) is None


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "Annabelle-Annabelle"], ids=str)
def test_a_password_that_is_easily_guessed_is_refused_with_a_remedy(core_app, password):
    with core_app.app_context():
        invited = users.add_user("annabelle-annabelle", "artist", actor="setup")
        with pytest.raises(RequestRefused) as refused:
            sign_ins.choose_password(invited.key, password, VISITOR)
        assert refused.value.faults[0].remedy
        assert sign_ins.invited_name(invited.key)  # the link is not spent


def test_a_disabled_user_is_out_at_once_with_tokens_and_browsers(anna):
    with_role = users.add_user("Ben", "wrangler", actor="Anna")
    key = sign_ins.choose_password(with_role.key, GOOD, VISITOR)
    token = tokens.add_token(with_role.user.id, "ci", "full", actor="Anna")
    assert person_of_token(token.text).may(Right.NODES)
    users.set_enabled(with_role.user.id, False, actor="Anna")
    assert person_of_sign_in(key) is None
    assert person_of_token(token.text) is None
    with pytest.raises(RequestRefused):
        sign_ins.sign_in("Ben", GOOD, VISITOR)


def test_the_last_admin_stays(anna):
    row, _ = anna
    for change in (
        lambda: users.change_role(row.id, "artist", actor="Anna"),
        lambda: users.set_enabled(row.id, False, actor="Anna"),
        lambda: users.remove_user(row.id, actor="Anna"),
    ):
        with pytest.raises(ActionRefused, match="only admin"):
            change()


def test_a_token_may_no_more_than_its_scope_and_its_owner(anna):
    viewer = users.add_user("Eva", "viewer", actor="Anna").user
    made = {
        (row.name, scope): person_of_token(
            tokens.add_token(row.id, scope, scope, actor="Anna").text
        )
        for row in (anna[0], viewer)
        for scope in Scope
    }
    assert made["Anna", "read"].rights == {Right.LOOK}
    assert made["Anna", "submit"].rights == {Right.LOOK, Right.SUBMIT, Right.SHOT}
    assert Right.FARM in made["Anna", "full"].rights
    assert Right.ACCOUNT not in made["Anna", "full"].rights
    assert made["Eva", "submit"].rights == {Right.LOOK}


def test_a_token_that_expired_or_was_removed_is_nobodys(anna):
    row, _ = anna
    expired = tokens.add_token(row.id, "old", "read", 1, actor="Anna")
    removed = tokens.add_token(row.id, "gone", "read", None, actor="Anna")
    with writing() as session:
        session.get(Token, expired.token.id).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    tokens.remove_token(removed.token.id, actor="Anna")
    assert person_of_token(expired.text) is None
    assert person_of_token(removed.text) is None
    assert person_of_token("brd_guess") is None


def test_every_fault_of_a_token_is_told(anna):
    with pytest.raises(RequestRefused) as refused:
        tokens.add_token(anna[0].id, "", "everything", 0, actor="Anna")
    assert {fault.field for fault in refused.value.faults} == {"name", "scope", "days"}


@pytest.mark.parametrize(
    "name", ["", "a\nb", "<b>", "\u202eevil", "x" * 61, "-rf", "a/b"], ids=repr
)
def test_a_name_that_could_do_harm_is_refused(core_app, name):
    with core_app.app_context(), pytest.raises(RequestRefused):
        users.add_user(name, "artist", actor="setup")


def test_a_name_is_given_once_in_any_letter_case(anna):
    with pytest.raises(RequestRefused, match="already"):
        users.add_user("ANNA", "artist", actor="Anna")


def test_names_in_any_script_are_found_and_given_once(anna):
    key = users.add_user("Élodie", "artist", actor="Anna").key
    sign_ins.choose_password(key, GOOD, VISITOR)
    for written in ("Élodie", "élodie", "E\u0301lodie"):
        assert sign_ins.sign_in(written, GOOD, VISITOR)
    with pytest.raises(RequestRefused, match="already"):
        users.add_user("éLODIE", "artist", actor="Anna")


def test_a_user_is_changed_whole_or_not_at_all(anna):
    with pytest.raises(ActionRefused, match="only admin"):
        users.change_user(anna[0].id, role="admin", is_enabled=False, actor="Anna")
    with pytest.raises(RequestRefused):
        users.change_user(anna[0].id, role="king", is_enabled=False, actor="Anna")
    assert users.get_user(anna[0].id).is_enabled


def test_each_change_is_an_event_with_its_author(anna):
    users.add_user("Ben", "artist", actor="Anna")
    users.change_role(users.find_user("Ben").id, "wrangler", actor="Anna")
    with reading() as session:
        said = [
            (event.actor, event.reason)
            for event in session.scalars(select(Event).where(Event.subject == "user"))
        ]
    assert ("Anna", "User Ben was added as artist.") in said
    assert ("Anna", "User Ben is wrangler now, not artist any more.") in said

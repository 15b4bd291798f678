import stat
from concurrent.futures import ThreadPoolExecutor

from dashboard.security import CONTENT_SECURITY_POLICY, load_secret


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    secret = load_secret(tmp_path)
    assert len(secret) == 64
    assert load_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(load_secret, [tmp_path] * 32))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_no_inline_script_or_style_is_allowed():
    assert "unsafe" not in CONTENT_SECURITY_POLICY

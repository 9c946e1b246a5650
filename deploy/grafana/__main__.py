"""`python -m deploy.grafana` writes the dashboards that Grafana is provisioned with."""

from __future__ import annotations

from deploy.grafana.written import FOLDER, written

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, text in written().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

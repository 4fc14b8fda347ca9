"""Writes LibreOffice's user profile: no prompts, downloads, macros or history."""

from html import escape
from pathlib import Path

PROGRAM = Path("/usr/lib/libreoffice/program")

SETTINGS: list[tuple[str, str, str]] = [
    ("org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"),
    ("org.openoffice.Setup/L10N", "ooLocale", "en-US"),
    ("org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("org.openoffice.Office.Common/Misc", "ShowTipOfTheDay", "false"),
    ("org.openoffice.Office.Common/Misc", "UseOpenCL", "false"),
    ("org.openoffice.Office.Common/Misc", "CrashReport", "false"),
    ("org.openoffice.Office.Common/Misc", "ShowDonation", "false"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Save/Document", "AutoSave", "false"),
    ("org.openoffice.Office.Common/Save/Document", "CreateBackup", "false"),
    ("org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("org.openoffice.Office.Java/ApplicationInterface", "Enable", "false"),
    ("org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("org.openoffice.Office.WriterWeb/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Update/Update", "Enabled", "false"),
    ("org.openoffice.Office.Linguistic/SpellChecking", "IsSpellAuto", "false"),
    ("org.openoffice.Office.Linguistic/GrammarChecking", "IsAutoCheck", "false"),
    ("org.openoffice.Office.Linguistic/Hyphenation", "IsHyphAuto", "false"),
]


def write_profile(directory: Path) -> None:
    """Writes the two files that LibreOffice needs to start without setting itself up and restarting."""
    extensions = directory / "user" / "extensions"
    extensions.mkdir(parents=True)
    (extensions / "buildid").write_text(build_id())
    settings = [*SETTINGS, ("org.openoffice.Setup/Product", "ooSetupLastVersion", version())]
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>\n"
        for path, name, value in settings
    )
    (directory / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{items}</oor:items>\n'
    )


def build_id() -> str:
    """Returns the build id, which tells LibreOffice that the profile's extensions are up to date."""
    return value_of("versionrc", "buildid")


def version() -> str:
    """Returns the version. Without it in the profile, LibreOffice would migrate the profile, which takes most of its start."""
    return value_of("bootstraprc", "ProductKey").rpartition(" ")[2]


def value_of(file: str, key: str) -> str:
    """Returns a value of one of LibreOffice's configuration files."""
    lines = (PROGRAM / file).read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"{key}="))

"""One typed settings object, read from environment variables (`C360_…`) and `.env`."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Where things are and how the pipeline runs. Every field is the variable `C360_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix="C360_", env_file=PROJECT_DIR / ".env", env_ignore_empty=True, extra="ignore"
    )

    project_dir: Path = PROJECT_DIR
    data_dir: Path = Field(
        default=PROJECT_DIR / "data",
        description="Landing files, exports, artefacts and the embedded server's data.",
    )
    database_url: SecretStr | None = Field(
        default=None, description="A Postgres URL. Unset: an embedded server under data_dir."
    )
    database_url_file: Path | None = Field(
        default=None, description="A file that holds the Postgres URL, for container secrets."
    )
    database_name: str = Field(
        default="customer360", description="Name of the warehouse database on the embedded server."
    )
    pseudonym_key: SecretStr | None = Field(
        default=None,
        description="Key of pseudonyms and tombstones, in hexadecimal digits. Unset: from a file.",
    )
    pseudonym_key_file: Path | None = Field(
        default=None,
        description="The file that holds it, made on first need. Default: secrets in data_dir.",
    )
    dbt_threads: int = Field(default=4, ge=1)
    dbt_tasks: str = Field(
        default="layers",
        pattern="^(layers|models)$",
        description="Airflow tasks of the build: one per layer, or one per model (Cosmos).",
    )
    airflow_port: int = Field(default=8080, ge=1, le=65535)
    superset_port: int = Field(default=8088, ge=1, le=65535)
    exports_kept: int = Field(
        default=3, ge=1, description="Publications whose extracts are kept, per reader role."
    )
    publication_wait_seconds: int = Field(
        default=300,
        ge=0,
        description="How long a publication waits for transactions that began before its build.",
    )
    pull_schedule: str | None = Field(
        default=None, description="Cron line on which sources are pulled. Unset: by hand."
    )

    openlineage_url: SecretStr | None = Field(
        default=None, description="An OpenLineage catalogue that Airflow and dbt send events to."
    )
    alert_webhook_url: SecretStr | None = Field(
        default=None, description="Where a failed task is told: a URL that takes a JSON text."
    )
    alert_smtp_url: SecretStr | None = Field(
        default=None, description="Mail server, as in smtp://user:password@host:587."
    )
    alert_emails: str | None = Field(
        default=None, description="Who gets an e-mail about a failed task; commas between."
    )
    alert_sender: str = Field(default="customer360@localhost", description="Sender of e-mails.")

    @field_validator("data_dir", mode="after")
    @classmethod
    def from_project_dir(cls, value: Path, info: ValidationInfo) -> Path:
        """Take a relative path from the project's folder, wherever the command is run."""
        return info.data["project_dir"] / value if "project_dir" in info.data else value

    @property
    def uses_embedded_server(self) -> bool:
        """Whether no other server is configured."""
        return self.database_url is None and self.database_url_file is None

    @property
    def pseudonym_key_path(self) -> Path:
        """The file of the key, where no variable holds it."""
        return self.pseudonym_key_file or self.data_dir / "secrets" / "pseudonym.key"

    @property
    def landing_dir(self) -> Path:
        """Immutable files as they were delivered."""
        return self.data_dir / "landing"

    @property
    def exports_dir(self) -> Path:
        """Extracts of the published marts, a folder for each publication."""
        return self.data_dir / "exports"

    @property
    def dbt_project_dir(self) -> Path:
        """The dbt project, which also holds the feed contracts."""
        return self.project_dir / "dbt_project"

    @property
    def sql_init_dir(self) -> Path:
        """Numbered, re-runnable SQL for what dbt cannot own."""
        return self.project_dir / "sql" / "init"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()

{% macro comments_sql(relation, model, for_relation=true, for_columns=true) -%}
    {%- if for_relation and config.persist_relation_docs() and model.description %}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif %}
    {%- for column in model.columns.values() if for_columns and config.persist_column_docs() %}
        comment on column {{ relation }}.{{ adapter.quote(column.name) if column.quote else column.name }}
        is {{ postgres_escape_comment(column.description) }};
    {%- endfor %}
{%- endmacro %}

{% macro postgres__persist_docs(relation, model, for_relation=true, for_columns=true) -%}
    {#- dbt's own asks twice which columns there are; a column that is described and not there is a mistake to mend. -#}
    {%- set comments = comments_sql(relation, model, for_relation, for_columns) -%}
    {%- if comments | trim -%}
        {%- do run_query(comments) -%}
    {%- endif -%}
{%- endmacro %}

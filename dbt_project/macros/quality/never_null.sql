{#-
    One query a model, where dbt's not_null asks one a column: a build of small tables spends more on
    queries than in them, and large ones are read once. Each row found says which columns are null.
-#}
{% test never_null(model, columns) %}
    {%- set nulls, names = [], [] -%}
    {%- for column in columns -%}
        {%- do nulls.append(column ~ ' is null') -%}
        {%- do names.append("case when " ~ column ~ " is null then '" ~ column ~ "' end") -%}
    {%- endfor -%}
    select
        checked.*,
        concat_ws(', ', {{ names | join(', ') }}) as null_columns
    from {{ model }} as checked
    where {{ nulls | join(' or ') }}
{% endtest %}

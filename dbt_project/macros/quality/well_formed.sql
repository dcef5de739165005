{#-
    What a model promises of its own rows, in one query, where dbt's tests ask one a column: a build of small tables spends
    more on queries than in them. `key`: unique, and no part is ever null. `unique`: further columns, or lists of columns,
    that are unique; one column may be null more than once. `never_null`: further columns that always have a value.
    `accepted`: the values of a column, beside null.
-#}
{% test well_formed(model, key=[], unique=[], never_null=[], accepted={}) %}
    {%- set keys = [key] if key else [] -%}
    {%- for columns in unique -%}
        {%- do keys.append([columns] if columns is string else columns) -%}
    {%- endfor -%}
    {%- set rules, names = [], [] -%}
    {%- for column in key + never_null -%}
        {%- do rules.append(column ~ ' is null') -%}
        {%- do names.append(column ~ ' is null') -%}
    {%- endfor -%}
    {%- for column, values in accepted.items() -%}
        {%- set list = text_list(values) if values[0] is string else values | join(', ') -%}
        {%- do rules.append(column ~ ' not in (' ~ list ~ ')') -%}
        {%- do names.append(column ~ ' is not accepted') -%}
    {%- endfor -%}
    {%- for columns in keys %}
        select
            '{{ columns | join(', ') }} is not unique' as broken_rules,
            {{ row_key(columns) }} as row_key,
            count(*) as number_of_rows
        from {{ model }}
        {{ 'where ' ~ columns[0] ~ ' is not null' if columns | length == 1 }}
        group by {{ columns | join(', ') }}
        having count(*) > 1
        {{ 'union all' if rules or not loop.last }}
    {%- endfor -%}
    {%- if rules %}
        select
            concat_ws(
                ', '
                {%- for rule in rules %}, case when {{ rule }} then '{{ names[loop.index0] }}' end {%- endfor %}
            ) as broken_rules,
            {{ row_key(keys[0]) if keys else 'null' }} as row_key,
            1 as number_of_rows
        from {{ model }}
        where {{ rules | join(' or ') }}
    {%- endif -%}
{% endtest %}

{% macro rfm_score(component, value, within=none) -%}
    {%- if component not in ['recency', 'frequency', 'monetary'] -%}
        {{ exceptions.raise_compiler_error(
            "rfm_score knows recency, frequency and monetary, not '" ~ component ~ "'."
        ) }}
    {%- endif -%}
    {%- set is_recency = component == 'recency' -%}
    {%- set reaches = '<=' if is_recency else '>=' -%}
    {%- set worst_first = value ~ (' desc' if is_recency else ' asc') ~ ' nulls first' -%}
    case
        when {{ component }}_rule.method = 'quintile' then {{ quintile_score(worst_first, within) }}
        {%- for score in [5, 4, 3, 2] %}
        when {{ value }} {{ reaches }} {{ component }}_rule.threshold_{{ score }} then {{ score }}
        {%- endfor %}
        else 1
    end
{%- endmacro %}

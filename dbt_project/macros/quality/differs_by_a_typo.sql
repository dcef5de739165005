{% macro differs_by_a_typo(name, other) -%}
    {#- Short names differ so by nature. -#}
    (
        greatest(length({{ name }}), length({{ other }})) >= 4
        and {{ one_edit_apart(name, other) }}
    )
{%- endmacro %}

{% macro neighbours_swapped(left_text, right_text) -%}
    {#- Both texts in one, so that the pattern can ask for the second by the parts of the first. It is twice as long as
        either and holds the bar in its middle, so bars within the texts lead nobody astray. -#}
    {{ return(adapter.dispatch('neighbours_swapped', 'customer360')(left_text ~ " || '|' || " ~ right_text)) }}
{%- endmacro %}

{% macro default__neighbours_swapped(both_texts) -%}
    ({{ both_texts }}) ~ '^(.*)(.)(.)(.*)[|]\1\3\2\4$'
{%- endmacro %}

{% macro spark__neighbours_swapped(both_texts) -%}
    ({{ both_texts }}) rlike r'^(?s)(.*)(.)(.)(.*)[|]\1\3\2\4$'
{%- endmacro %}

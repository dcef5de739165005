{% macro sorted_characters(value) -%}
    {{ return(adapter.dispatch('sorted_characters', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__sorted_characters(value) -%}
    (
        select string_agg(letters.letter, '' order by letters.letter)
        from string_to_table({{ value }}, null) as letters (letter)
    )
{%- endmacro %}

{% macro spark__sorted_characters(value) -%}
    array_join(array_sort(split({{ value }}, '')), '')
{%- endmacro %}

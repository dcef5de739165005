{% macro edit_distance_within(left_text, right_text, most) -%}
    {{ return(adapter.dispatch('edit_distance_within', 'customer360')(left_text, right_text, most)) }}
{%- endmacro %}

{% macro default__edit_distance_within(left_text, right_text, most) -%}
    public.levenshtein_less_equal({{ left_text }}, {{ right_text }}, {{ most }}) <= {{ most }}
{%- endmacro %}

{% macro spark__edit_distance_within(left_text, right_text, most) -%}
    levenshtein({{ left_text }}, {{ right_text }}) <= {{ most }}
{%- endmacro %}

{% macro trigram_similarity(left_text, right_text) -%}
    {{ return(adapter.dispatch('trigram_similarity', 'customer360')(left_text, right_text)) }}
{%- endmacro %}

{% macro default__trigram_similarity(left_text, right_text) -%}
    public.similarity({{ left_text }}, {{ right_text }})
{%- endmacro %}

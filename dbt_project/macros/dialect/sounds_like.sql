{% macro sounds_like(value) -%}
    {{ return(adapter.dispatch('sounds_like', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__sounds_like(value) -%}
    nullif(public.soundex({{ value }}), '')
{%- endmacro %}

{% macro spark__sounds_like(value) -%}
    nullif(soundex({{ value }}), '')
{%- endmacro %}

{% macro computed_once(relation) -%}
    {{ return(adapter.dispatch('computed_once', 'customer360')(relation)) }}
{%- endmacro %}

{% macro default__computed_once(relation) -%}
    {#- Without the fence Postgres puts each expression of the query in the place of every use of its column. -#}
    (select * from {{ relation }} limit all) as {{ relation }}
{%- endmacro %}

{% macro spark__computed_once(relation) -%}
    {{ relation }}
{%- endmacro %}

{% test expression_is_true(model, expression, column_name=None) %}
    {{ return(adapter.dispatch('test_expression_is_true', 'dbt_utils')(model, expression, column_name)) }}
{% endtest %}

{% macro default__test_expression_is_true(model, expression, column_name) %}
    {%- set condition = expression if column_name is none else column_name ~ ' ' ~ expression -%}
    select {{ '*' if should_store_failures() else '1' }}
    from {{ model }}
    where not ({{ condition }})
{% endmacro %}

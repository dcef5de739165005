{% macro date_format(text) -%}
    case
        when trim({{ text }}) like '__/__/____%' then 'date_day_first'
        when trim({{ text }}) like '__-__-____%' then 'date_month_first'
        when trim({{ text }}) like '____/__/__%' then 'date_with_slashes'
    end
{%- endmacro %}

{% macro discounted_months(yearly_rate, days_per_year) -%}
    (
    {%- for month in range(1, 37) %}
        {%- set now = (1 + yearly_rate) ** (-month / 12) %}
        {%- set next = (1 + yearly_rate) ** (-(month + 1) / 12) %}
        select
            {{ month }} as month_number,
            cast({{ month * days_per_year / 84 }} as {{ dbt.type_float() }}) as weeks,
            cast({{ now - next if month < 12 else (now if month == 12 else 0) }} as {{ dbt.type_float() }})
                as twelve_months_factor,
            cast({{ now - next if month < 36 else now }} as {{ dbt.type_float() }})
                as thirty_six_months_factor
        {{ 'union all' if not loop.last }}
    {%- endfor %}
    ) as months_ahead
{%- endmacro %}

{% macro birth_day_digits(day, given) -%}
    {#- A day that no calendar has, such as 19450231, is still one edit from the right one. -#}
    {%- set digits = regex_replace_all(given, '[^0-9]', '') -%}
    case
        when {{ day }} is not null
            then right('000' || cast({{ calendar_part('year', day) }} as {{ dbt.type_string() }}), 4)
                || right('0' || cast({{ calendar_part('month', day) }} as {{ dbt.type_string() }}), 2)
                || right('0' || cast({{ calendar_part('day', day) }} as {{ dbt.type_string() }}), 2)
        when {{ regex_matches(given, '^ *[0-9]{4}[-/. ]?[0-9]{2}[-/. ]?[0-9]{2}( .*|T.*)?$') }}
            then left({{ digits }}, 8)
        when {{ regex_matches(given, '^ *[0-9]{2}[-/. ][0-9]{2}[-/. ][0-9]{4} *$') }}
            then right({{ digits }}, 4) || substr({{ digits }}, 3, 2) || left({{ digits }}, 2)
    end
{%- endmacro %}

{% macro contact_flags(record, names, phones=[], cities=[]) -%}
    {{ any_stray_spaces(record, names + ['email_raw'] + phones + cities) }} as has_stray_spaces,
    {{ any_single_case(record, names + cities) }}
    or coalesce({{ record }}.email_raw <> lower({{ record }}.email_raw), false) as has_mixed_case,
    {{ any_foreign_characters(record, names) }} as has_special_characters
{%- endmacro %}

{% macro address_level(one, other) -%}
    {#- Street, postcode and city in one number, 16 · street + 4 · postcode + city: a move changes all three at once, so
        they are one piece of evidence, whose 63 outcomes are weighed as they come. -#}
    16 * case
        when {{ one }}.street is null or {{ other }}.street is null then 0
        when {{ one }}.street = {{ other }}.street then 3
        when {{ one }}.street_number = {{ other }}.street_number
            and {{ trigram_similarity(one ~ '.street_name', other ~ '.street_name') }} >= 0.5 then 3
        when {{ one }}.street_name = {{ other }}.street_name
            or {{ trigram_similarity(one ~ '.street', other ~ '.street') }} >= 0.5 then 2
        else 1
    end
    + 4 * case
        when {{ one }}.postcode is null or {{ other }}.postcode is null then 0
        when {{ one }}.postcode = {{ other }}.postcode then 3
        when {{ one_edit_apart(one ~ '.postcode', other ~ '.postcode') }}
            or (
                least(length({{ one }}.postcode), length({{ other }}.postcode)) >= 6
                and left({{ one }}.postcode, length({{ one }}.postcode) - 3)
                = left({{ other }}.postcode, length({{ other }}.postcode) - 3)
            ) then 2
        else 1
    end
    + case
        when {{ one }}.city is null or {{ other }}.city is null then 0
        when {{ one }}.city = {{ other }}.city then 3
        when (
            least(length({{ one }}.city), length({{ other }}.city)) >= 4
            and {{ edit_distance_within(one ~ '.city', other ~ '.city', 2) }}
        )
        or {{ trigram_similarity(one ~ '.city', other ~ '.city') }} >= 0.5 then 2
        else 1
    end
{%- endmacro %}

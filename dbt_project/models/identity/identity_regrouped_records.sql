-- Grain: one row per record of a contested component, with the group that evidence leaves it in.
-- Groups are joined strongest first, as long as the evidence between all of their records, taken
-- together, speaks for it; a weak link between two people is thereby cut. Birth dates that conflict
-- keep records apart unless a link reconciles the dates or all else speaks loudly against them, and
-- no group grows beyond the limit.
{{ config(materialized='agglomerated_groups') }}

with contested as (
    select * from {{ ref('identity_contested_components') }}
),

records as (
    select
        record_number,
        birth_day
    from {{ ref('identity_comparable_records') }}
),

pairs as (
    select
        pairs.component_key,
        pairs.left_number,
        pairs.right_number,
        pairs.match_weight,
        pairs.is_linked,
        left_records.birth_day as left_birth_day,
        right_records.birth_day as right_birth_day
    from {{ ref('identity_component_pairs') }} as pairs
    inner join contested
        on pairs.component_key = contested.component_key
    inner join records as left_records
        on pairs.left_number = left_records.record_number
    inner join records as right_records
        on pairs.right_number = right_records.record_number
)

select * from pairs

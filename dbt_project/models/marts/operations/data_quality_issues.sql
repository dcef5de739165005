-- Grain: one row per issue, feed and load batch.
-- Rows are judged as staging holds them. A version that a later one replaced counts as
-- duplicate_delivery and nothing else: there is nothing left in it to mend.
with batches as (
    select * from {{ ref('stg_ops__load_batches') }}
),

quarantined_rows as (
    select * from {{ ref('stg_ops__quarantined_rows') }}
),

content_issues as (
    select * from {{ ref('int_customer_issues_counted') }}
    union all
    select * from {{ ref('int_date_formats_counted') }}
    union all
    select * from {{ ref('int_late_deliveries_counted') }}
    union all
    select * from {{ ref('int_sales_issues_counted') }}
    union all
    select * from {{ ref('int_loyalty_issues_counted') }}
    union all
    select * from {{ ref('int_support_issues_counted') }}
    union all
    select * from {{ ref('int_marketing_issues_counted') }}
    union all
    select * from {{ ref('int_consent_issues_counted') }}
    union all
    select * from {{ ref('int_crm_issues_counted') }}
    union all
    select * from {{ ref('int_retail_sales_issues_counted') }}
    union all
    select * from {{ ref('int_retail_catalogue_issues_counted') }}
),

kept_rows as (
    select
        batch_id,
        max(examined_rows) as kept_rows
    from content_issues
    group by batch_id
),

duplicate_deliveries as (
    select
        batches.batch_id,
        'duplicate_delivery' as issue,
        'row' as unit,
        batches.rows_loaded as examined,
        batches.rows_loaded - coalesce(kept_rows.kept_rows, 0) as defects
    from batches
    left join kept_rows
        on batches.batch_id = kept_rows.batch_id
    where batches.status <> 'rejected'
),

quarantine_counted as (
    select
        batch_id,
        reason,
        count(*) as defects
    from quarantined_rows
    group by batch_id, reason
),

issues_unioned as (
    select
        batch_id,
        issue,
        'row' as unit,
        examined_rows as examined,
        defect_rows as defects
    from content_issues
    union all
    select * from duplicate_deliveries
    union all
    select
        quarantine_counted.batch_id,
        'quarantined_' || quarantine_counted.reason as issue,
        'row' as unit,
        batches.rows_in_file as examined,
        quarantine_counted.defects
    from quarantine_counted
    inner join batches
        on quarantine_counted.batch_id = batches.batch_id
    union all
    select
        batch_id,
        'rejected_file' as issue,
        'file' as unit,
        1 as examined,
        case when status = 'rejected' then 1 else 0 end as defects
    from batches
),

final as (
    select
        batches.feed,
        batches.batch_id,
        batches.file_name,
        batches.loaded_at,
        issues_unioned.issue,
        issues_unioned.unit,
        issues_unioned.defects,
        issues_unioned.examined,
        cast(
            issues_unioned.defects * 1.0 / nullif(issues_unioned.examined, 0) as numeric(7, 6)
        ) as defect_share
    from issues_unioned
    inner join batches
        on issues_unioned.batch_id = batches.batch_id
)

select * from final

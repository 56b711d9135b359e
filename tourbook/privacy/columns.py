"""The columns of all tables, sorted by whether they tell of somebody; the catalogue says what of each item."""

PERSONAL: dict[str, dict[str, str]] = {
    "visitor": {
        "name_sealed birth_date_sealed nationality person_index namesake name_index": "visitor",
        "document_sealed": "document",
        "attendance attendance_at cancelled_at kept_out condition_shown": "attendance",
    },
    "entered_person": {
        "person_index namesake": "visitor",
    },
    "application": {
        "contact_sealed contact_index contact_way token_sealed token_hash language": "contact",
        "browser_hash address_hash": "address",
        "person_id": "account",
    },
    "allotment": {
        "name_sealed group_name contact_sealed contact_way token_sealed token_hash language": "contact",
    },
    "notice": {
        "contact_sealed link_sealed way": "contact",
        "kind subject_id language facts state sent_at": "notice",
    },
    "consent": {
        "item text_version given at": "consent",
    },
    "person": {
        "mail_sealed mail_index name_sealed language created_at disabled_at": "account",
        "password_hash": "password",
        "role organisation_id": "staff",
    },
    "second_factor": {
        "secret_sealed person_id": "password",
    },
    "passkey": {
        "credential public_key person_id device added_at last_used_at": "passkey",
    },
    "identity_link": {
        "identity_index person_id linked_at last_used_at": "identity_link",
    },
    "recovery_code": {
        "hash person_id": "password",
    },
    "invitation": {
        "token_hash": "password",
        "person_id made_by": "staff",
    },
    "wish": {
        "mail_sealed mail_index name_sealed onward_sealed kind language asked_at answered_at used_at": "wish",
        "address_hash": "address",
        "token_hash": "password",
    },
    "shared_account": {
        "person_id": "account",
    },
    "sign_in": {
        "device person_id created_at seen_at ends_at ended_at": "sign_in",
        "token_hash": "password",
    },
    "failed_sign_in": {
        "mail_index address_hash": "address",
    },
    "companion": {
        "name_sealed birth_date_sealed nationality kept_index text_version person_id kept_at used_at": "companion",
    },
    "appeal": {
        "text_sealed made_at decided_at granted reason_ko reason_en": "appeal",
    },
    "visitor_clearance": {
        "note_sealed standing answered_at authority": "clearance",
    },
    "clearance_listing": {
        "visitor_id listed": "clearance",
    },
    "visitor_exchange": {
        "went_id came_id refused": "clearance",
    },
    "departure_crew": {
        "guide_sealed guide_phone_sealed vehicles note": "staff",
    },
    "role_grant": {
        "person_id role organisation_id begins_at until given_by reason": "staff",
    },
    "role_end": {
        "decided_by reason ends_at": "staff",
    },
    "trail_entry": {
        "actor act subject_id facts": "trail",
    },
    "change": {
        "made_by taken_back_by": "trail",
    },
    "handed_roster": {
        "person_id": "staff",
    },
    "access_record": {
        "reader organisation_id address task purpose subject_kind subject_id fields at": "record",
    },
}
"""Columns of a table that tell of somebody, and of which item."""

IMPERSONAL: dict[str, str] = {
    "access_record": "id set_id place places mark",
    "allotment": "id departure_id seats yielded made_at releases_at released_at reminded_days",
    "appeal": "id application_id",
    "application": (
        "id departure_id course_id reference state channel seats created_at typing_until extensions "
        "confirmed_at waiting_since wait_id choices passed_by passes set_aside_at shrink_until "
        "held_since had_to_shrink_until shrink_to had_passes volunteered_at had_volunteered_at queue_rank exempt_since "
        "released_until released_under closed_at "
        "cause_ko cause_en replaces_id allotment_id fee fee_krw forgotten_at"
    ),
    "change": "id version made_at summary_ko summary_en departures preview entered grace_until taken_back_at",
    "clearance_chase": "id application_id moment at",
    "clearance_choice": "id visitor_id application_id asked_at deadline answer answered_at",
    "clearance_demand": "id course_id authority due_days asks_passport",
    "clearance_listing": "id submission_id",
    "clearance_submission": "id departure_id authority number submitted_at mark",
    "companion": "id",
    "consent": "id application_id",
    "course": (
        "id code kind region_code organisation_id name_ko name_en mode min_age who needs_passport "
        "opens_days_before opens_at closes_days_before roster_due_days amend_until_days minutes length_km "
        "walk_km meeting_place_ko meeting_place_en id_rule_ko id_rule_en fee_krw runs_on_holidays policy "
        "skip_bound offer_hours shrink_hours volunteer_hours right_days runs_from_people decided_days_before "
        "decided_at minimum_since details names_checked planned_until"
    ),
    "course_break": "id course_id first_day last_day reason_ko reason_en",
    "course_figures": "id course_id entry capacity party_limit known_at taken_back_at",
    "course_queue": "id course_id stamp",
    "data_key": "id purpose month number state proof made_at retired_at destroyed_at",
    "departure": (
        "id course_id starts_at minutes own_capacity seats_taken allowed party_max public_free over_capacity "
        "version own_asked queue_stamp next_due_at trail_length round_id joined_round_at awaits_draw "
        "by_draw_until places_to_draw draws_held volunteers_until had_volunteers_until roster_sent_at called_off_at "
        "called_off_ko called_off_en called_off_cause seats_allotted entrants_told_to runs_since kept_running_ko "
        "kept_running_en"
    ),
    "departure_crew": "id departure_id",
    "distancing_order": (
        "id entry place region_code announced_at known_at effective_from planned_until applies_at "
        "withdrawn_at withdrawal_planned scale level party_max party_max_after_18 overrides_local "
        "ends_by_itself condition_ko condition_en evidence"
    ),
    "draw_round": (
        "id course_id code first_day last_day opens_at closes_at value_at left_overs_at source_ko source_en "
        "fallback_ko fallback_en fallback_at by_fallback missed_at sealed_at seal value drawn_at reserve_until "
        "seated_until reserve_turn given_at withdrawn_at held_at held_ko held_en resumed_at news told_until"
    ),
    "drawn_entry": "round_id receipt turn departure",
    "entered_person": "id round_id application_id",
    "failed_sign_in": "id at",
    "form_use": "id form_id content_hash result_id used_at",
    "handed_roster": "id departure_id token_hash handed_at keep_until marks_until revoked_at",
    "holiday": "id day name_ko name_en",
    "identity_link": "id",
    "invitation": "id kind made_at ends_at used_at",
    "job_run": "id job every_seconds ran_at failed_at",
    "left_out_entry": "round_id receipt",
    "level": "id scale level place name_ko name_en",
    "measure_end": "id measure_id decided_at last_day",
    "notice": "id created_at due_at tries failure held_by",
    "offer": "id application_id departure_id seats state made_at deadline by_day answered_at wait_id",
    "organisation": "id code name_ko name_en retired_at",
    "passkey": "id counter",
    "person": "id",
    "priority_right": "id application_id course_id granted_at lasts_until reminded_at used_at ended_at",
    "record_anchor": "id number hash until mark",
    "record_link": "id number set_id at digest hash",
    "recovery_code": "id used_at",
    "region": "id code parent name_ko name_en valid_from valid_until successor",
    "rehearsal": "id single began_at moved_seconds revision beginning",
    "reminder": "id application_id at",
    "role_end": "id grant_id decided_at",
    "role_grant": "id given_at",
    "ruleset": "id single version",
    "schedule": "id course_id weekdays times runs_from runs_until capacity",
    "sealed_entry": "round_id receipt seats choices tickets",
    "sealed_places": "round_id code departure_id places party_max parties people drawn_parties drawn_people",
    "second_factor": "id made_at confirmed_at last_step last_used_at",
    "shared_account": "id",
    "sign_in": "id awaits challenge challenge_ends_at",
    "site_measure": (
        "id entry course_id kind announced_at known_at effective_from planned_until capacity raises reason_ko "
        "reason_en evidence stop_id cause"
    ),
    "standby_number": "id departure_id number people state drawn_at called_at passed_by application_id",
    "table_cell": (
        "id entry scale level kind course_id measure amount condition_ko condition_en announced_at known_at "
        "taken_back_at"
    ),
    "trail_entry": "id at subject_kind departure_id number",
    "visitor": "id application_id departure_id place claims_place takes_place_of",
    "visitor_clearance": "id visitor_id",
    "visitor_exchange": "id application_id at",
    "wish": "id ends_at",
}
"""Columns that tell of nobody: ids that mean nothing outside, figures, days, and what is public anyway."""

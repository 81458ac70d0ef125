"""Clean topics: merging with undo, renaming, the pages, names to offer while typing."""

import pytest
from django.urls import reverse

from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Topic, TopicMerge
from cohorts.signup.topic_choices import names_to_offer
from cohorts.topics.services import mark_topics_as_different, merge_topics, rename_topic, suggest_merges, undo_merge
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.trail import lose_audit_trail


@pytest.fixture
def maps(cast):
    """Three spellings: one person has two of them, one has the third, one has only the kept one."""
    make = [TopicFactory(programme=cast.programme, name=n) for n in ("Mapping", "Maps", "Cartography")]
    people = EnrollmentFactory.create_batch(3, cohort=cast.cohort)
    people[0].topics.add(make[0], make[1])
    people[1].topics.add(make[2])
    people[2].topics.add(make[0])
    return make, people


def said(enrollment):
    return {topic.name for topic in enrollment.topics.all()}


@pytest.mark.django_db
def test_merge_keeps_every_enrollment_once_and_is_recorded(cast, maps):
    (mapping, maps_, cartography), people = maps
    merge = merge_topics(programme=cast.programme, keep=mapping, others=[maps_, cartography], by=cast.coordinator)
    assert [said(person) for person in people] == [{"Mapping"}] * 3
    assert mapping.enrollments.count() == 3
    assert {t.merged_into_id for t in Topic.objects.filter(pk__in=[maps_.pk, cartography.pk])} == {mapping.pk}
    assert merge.before[str(maps_.pk)] == [people[0].pk]
    assert sorted(merge.before[str(mapping.pk)]) == [people[0].pk, people[2].pk]
    entry = AuditEntry.objects.get(verb="merged")
    assert (entry.actor, entry.workspace_id) == (cast.coordinator, cast.programme.workspace_id)
    # Whoever types the old name again gets the kept one.
    typed = EnrollmentInput(email="late@example.org", values={"title": "Late"}, topics=["cartography", "MAPS"])
    late, _ = save_enrollment(cohort=cast.cohort, role="mentee", given=typed, by=None)
    assert said(late) == {"Mapping"}


@pytest.mark.django_db
def test_undo_restores_topics_but_keeps_later_changes_of_people(cast, maps):
    (mapping, maps_, cartography), people = maps
    merge = merge_topics(programme=cast.programme, keep=mapping, others=[maps_, cartography], by=cast.coordinator)
    late = EnrollmentFactory(cohort=cast.cohort)
    late.topics.add(mapping)
    people[2].topics.clear()
    undo_merge(merge=merge, by=cast.coordinator)
    assert [said(person) for person in people] == [{"Mapping", "Maps"}, {"Cartography"}, set()]
    assert said(late) == {"Mapping"}
    assert not Topic.objects.exclude(merged_into=None).exists()
    with pytest.raises(ServiceError, match="undone already"):
        undo_merge(merge=merge, by=cast.coordinator)


@pytest.mark.django_db
def test_nested_merges_are_undone_latest_first(cast, maps):
    (mapping, maps_, cartography), people = maps
    geo = TopicFactory(programme=cast.programme, name="Geo")
    first = merge_topics(programme=cast.programme, keep=cartography, others=[maps_], by=cast.coordinator)
    second = merge_topics(programme=cast.programme, keep=mapping, others=[cartography], by=cast.coordinator)
    third = merge_topics(programme=cast.programme, keep=mapping, others=[geo], by=cast.coordinator)
    maps_.refresh_from_db()
    assert maps_.merged_into == mapping
    with pytest.raises(ServiceError, match="Undo that merge first"):
        undo_merge(merge=first, by=cast.coordinator)
    with pytest.raises(ServiceError, match="Undo the latest merge first"):
        undo_merge(merge=second, by=cast.coordinator)
    undo_merge(merge=third, by=cast.coordinator)
    undo_merge(merge=second, by=cast.coordinator)
    maps_.refresh_from_db()
    assert maps_.merged_into == cartography
    undo_merge(merge=first, by=cast.coordinator)
    assert [said(person) for person in people] == [{"Mapping", "Maps"}, {"Cartography"}, {"Mapping"}]


@pytest.mark.django_db
def test_merge_is_refused_for_merged_foreign_and_single_topics(cast, maps):
    (mapping, maps_, cartography), _ = maps
    foreign = TopicFactory(programme=cast.other_cohort.programme, name="Maps")
    for keep, others in [(mapping, [mapping]), (mapping, [foreign]), (foreign, [mapping])]:
        with pytest.raises(ServiceError):
            merge_topics(programme=cast.programme, keep=keep, others=others, by=cast.coordinator)
    merge_topics(programme=cast.programme, keep=mapping, others=[maps_], by=cast.coordinator)
    with pytest.raises(ServiceError, match="in the meantime"):
        merge_topics(programme=cast.programme, keep=cartography, others=[maps_], by=cast.coordinator)
    assert TopicMerge.objects.count() == 1


@pytest.mark.django_db
def test_a_renamed_topic_is_found_by_both_names(cast, maps):
    (mapping, maps_, _), _ = maps
    rename_topic(topic=mapping, name=" Drawing  maps ", by=cast.coordinator)
    mapping.refresh_from_db()
    assert mapping.name == "Drawing maps"
    for name in ("mapping", "drawing maps"):
        save_enrollment(
            cohort=cast.cohort,
            role="mentor",
            given=EnrollmentInput(email=f"{name[0]}@example.org", topics=[name]),
            by=None,
        )
    assert mapping.enrollments.filter(role="mentor").count() == 2
    rename_topic(topic=mapping, name="Mapping", by=cast.coordinator)
    with pytest.raises(ServiceError, match="Merge the two instead"):
        rename_topic(topic=mapping, name="MAPS", by=cast.coordinator)
    with pytest.raises(ServiceError, match="letter or digit"):
        rename_topic(topic=mapping, name=" . ", by=cast.coordinator)
    merge_topics(programme=cast.programme, keep=mapping, others=[maps_], by=cast.coordinator)
    with pytest.raises(ServiceError, match="rename that one"):
        rename_topic(topic=maps_, name="Atlas", by=cast.coordinator)


@pytest.mark.django_db
def test_coordinators_edit_topics_viewers_read_them_and_others_get_404(client, cast, maps):
    (mapping, maps_, _), _ = maps
    merge = merge_topics(programme=cast.programme, keep=mapping, others=[maps_], by=cast.coordinator)
    slug = cast.programme.slug
    reading = [
        reverse("cohorts:topic-list", args=[slug]),
        reverse("cohorts:topic-detail", args=[slug, mapping.pk]),
        reverse("cohorts:topic-merge-list", args=[slug]),
    ]
    writing = [
        reverse("cohorts:topic-merge", args=[slug]),
        reverse("cohorts:topic-mark-different", args=[slug]),
        reverse("cohorts:topic-detail", args=[slug, mapping.pk]),
        reverse("cohorts:topic-merge-undo", args=[slug, merge.pk]),
    ]
    for user, reads, writes in [
        (cast.coordinator, 200, {200, 302, 422}),
        (cast.viewer, 200, {404}),
        (cast.stranger, 404, {404}),
        (cast.mentor, 404, {404}),
        (cast.contact, 404, {404}),
    ]:
        client.force_login(user)
        assert [client.get(url).status_code for url in reading] == [reads] * 3, user
        if user != cast.coordinator:
            assert {client.post(url).status_code for url in writing} == writes, user
    client.force_login(cast.viewer)
    assert client.get(writing[0], {"ids": [mapping.pk]}).status_code == 404
    client.force_login(cast.coordinator)
    foreign = reverse("cohorts:topic-detail", args=[slug, TopicFactory(programme=cast.other_cohort.programme).pk])
    assert client.get(foreign).status_code == 404


@pytest.mark.django_db
def test_suggested_group_is_merged_and_unticked_topics_are_marked_as_different(client, cast):
    kept, same, other = (TopicFactory(programme=cast.programme, name=n) for n in ("Soil map", "Soil maps", "Soil-map"))
    EnrollmentFactory(cohort=cast.cohort).topics.add(same)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:topic-list", args=[cast.programme.slug])
    page = client.get(url)
    assert [group.ids for group in page.context["groups"]] == [[same.pk, kept.pk, other.pk]]
    assert "Probably the same" in page.content.decode()
    answer = client.post(
        reverse("cohorts:topic-merge", args=[cast.programme.slug]),
        {"suggested": [same.pk, kept.pk, other.pk], "ids": [same.pk, kept.pk], "keep": kept.pk},
        follow=True,
    )
    assert "“Soil maps” merged into “Soil map”" in answer.content.decode()
    assert kept.enrollments.count() == 1
    assert not answer.context["groups"], "the kept one and the unticked one were told apart"
    merge = TopicMerge.objects.get()
    assert "Soil maps" in client.get(reverse("cohorts:topic-merge-list", args=[cast.programme.slug])).content.decode()
    client.post(reverse("cohorts:topic-merge-undo", args=[cast.programme.slug, merge.pk]))
    assert same.enrollments.count() == 1


@pytest.mark.django_db
def test_topics_marked_as_different_are_not_suggested_again(client, cast):
    pair = [TopicFactory(programme=cast.programme, name=n) for n in ("Soil map", "Soil maps")]
    client.force_login(cast.coordinator)
    ids = {"suggested": [topic.pk for topic in pair]}
    answer = client.post(reverse("cohorts:topic-mark-different", args=[cast.programme.slug]), ids, follow=True)
    assert "They stay apart" in answer.content.decode()
    assert suggest_merges(cast.programme) == []
    TopicFactory(programme=cast.programme, name="Soil-maps")
    assert len(suggest_merges(cast.programme)) == 1
    mark_topics_as_different(
        programme=cast.programme, topics=Topic.objects.filter(name__startswith="Soil"), by=cast.owner
    )
    assert suggest_merges(cast.programme) == []


@pytest.mark.django_db
def test_suggestions_do_not_depend_on_the_audit_trail(cast):
    pair = [TopicFactory(programme=cast.programme, name=n) for n in ("Soil map", "Soil maps")]
    mark_topics_as_different(programme=cast.programme, topics=pair, by=cast.owner)
    lose_audit_trail()
    assert suggest_merges(cast.programme) == []


@pytest.mark.django_db
def test_topics_are_merged_by_hand_from_the_list(client, cast, maps):
    (mapping, _, cartography), _ = maps
    client.force_login(cast.coordinator)
    url = reverse("cohorts:topic-merge", args=[cast.programme.slug])
    alone = client.get(url, {"ids": [mapping.pk]}, follow=True)
    assert "Tick at least two topics" in alone.content.decode()
    page = client.get(url, {"ids": [mapping.pk, cartography.pk]}).content.decode()
    assert "Mapping" in page
    assert "Cartography" in page
    nothing = client.post(url, {"ids": [mapping.pk, cartography.pk]}, follow=True)
    assert "Choose the name that stays" in nothing.content.decode()
    client.post(url, {"ids": [mapping.pk, cartography.pk], "keep": cartography.pk})
    mapping.refresh_from_db()
    assert mapping.merged_into == cartography
    found = client.get(reverse("cohorts:topic-detail", args=[cast.programme.slug, mapping.pk]))
    assert found.url == reverse("cohorts:topic-detail", args=[cast.programme.slug, cartography.pk])


@pytest.mark.django_db
def test_the_list_counts_people_by_role_searches_and_sorts(client, cast, maps):
    (mapping, maps_, cartography), people = maps
    again = EnrollmentFactory(cohort=CohortFactory(programme=cast.programme), user=people[2].user)
    again.topics.add(mapping)
    cast.mentor_enrollment.topics.add(mapping)
    client.force_login(cast.viewer)
    url = reverse("cohorts:topic-list", args=[cast.programme.slug])

    def listed(**query):
        return [topic.name for topic in client.get(url, query).context["page_obj"]]

    first = client.get(url).context["page_obj"][0]
    assert (first.name, first.mentees, first.mentors, first.others, first.people) == ("Mapping", 2, 1, 0, 3)
    assert listed(sort="name") == ["Cartography", "Mapping", "Maps"]
    assert listed(sort="-mentors")[0] == "Mapping"
    assert listed(q="map") == ["Mapping", "Maps"]
    assert listed(q="nothing like it") == []
    assert "No topic fits" in client.get(url, {"q": "nothing like it"}).content.decode()
    merge_topics(programme=cast.programme, keep=cartography, others=[maps_], by=cast.coordinator)
    assert listed(q="maps") == ["Cartography"]
    page = client.get(reverse("cohorts:topic-detail", args=[cast.programme.slug, mapping.pk]), {"role": "mentor"})
    assert [e.user for e in page.context["page_obj"]] == [cast.mentor]
    assert "Merge them" not in client.get(url).content.decode()


@pytest.mark.django_db
def test_an_empty_list_says_where_topics_come_from(client, cast):
    client.force_login(cast.coordinator)
    assert "No topics yet" in client.get(reverse("cohorts:topic-list", args=[cast.programme.slug])).content.decode()
    assert (
        "Nothing merged yet"
        in client.get(reverse("cohorts:topic-merge-list", args=[cast.programme.slug])).content.decode()
    )


@pytest.mark.django_db
def test_an_invalid_topic_name_is_reported_at_the_field(client, cast, maps):
    (mapping, _, _), _ = maps
    client.force_login(cast.coordinator)
    url = reverse("cohorts:topic-detail", args=[cast.programme.slug, mapping.pk])
    answer = client.post(url, {"name": "maps"})
    assert answer.status_code == 422
    assert "Merge the two instead" in answer.content.decode()
    assert "“Atlas” now" in client.post(url, {"name": "Atlas"}, follow=True).content.decode()


@pytest.mark.django_db
def test_two_thousand_topics_take_a_constant_number_of_queries(client, cast, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:topic-list", args=[cast.programme.slug])
    people = EnrollmentFactory.create_batch(40, cohort=cast.cohort)
    Topic.objects.bulk_create(
        Topic(programme=cast.programme, key=f"subject {n}", name=f"Subject {n}") for n in range(2000)
    )
    for number, topic in enumerate(Topic.objects.all()[:80]):
        people[number % 40].topics.add(topic)
    with django_assert_max_num_queries(20):
        page = client.get(url)
    assert page.context["page_obj"].paginator.count == 2000


@pytest.mark.django_db
def test_only_shared_or_suggested_names_are_offered_the_kept_name_for_merged_ones(cast, maps):
    (mapping, _, cartography), people = maps
    cast.cohort.suggested_topics = "Hydrology, Remote mapping"
    names = ["Mapping the mind", "Private mapping", "Bitmapping"]
    shared, lonely, inside = (TopicFactory(programme=cast.programme, name=n) for n in names)
    for topic in (shared, inside):
        for person in (people[1], people[2]):
            person.topics.add(topic)
    people[0].topics.add(lonely)
    twice = EnrollmentFactory(cohort=CohortFactory(programme=cast.programme), user=people[0].user)
    twice.topics.add(lonely)
    foreign = TopicFactory(programme=cast.other_cohort.programme, name="Mapping elsewhere")
    for person in EnrollmentFactory.create_batch(2, cohort=cast.other_cohort):
        person.topics.add(foreign)
    assert names_to_offer(cast.cohort, " MAPPING ") == ["Mapping", "Mapping the mind", "Remote mapping", "Bitmapping"]
    assert names_to_offer(cast.cohort, "carto") == []
    merge_topics(programme=cast.programme, keep=mapping, others=[cartography], by=cast.coordinator)
    assert names_to_offer(cast.cohort, "carto") == ["Mapping"]
    cast.cohort.suggested_topics = "Cartography"
    assert names_to_offer(cast.cohort, "mapping")[0] == "Mapping"
    assert names_to_offer(cast.cohort, "  ") == []
    assert names_to_offer(cast.cohort, "%") == []


@pytest.mark.django_db
def test_names_are_offered_where_sign_up_is_open_and_to_readers_with_a_role(
    client, cast, maps, django_assert_max_num_queries
):
    open_cohort = CohortFactory(programme=cast.programme, suggested_topics="Hydrology")
    url = reverse("cohorts:topic-suggest", args=[open_cohort.slug])
    with django_assert_max_num_queries(6):
        answer = client.get(url, {"q": "map"})
    assert answer.json() == ["Mapping"]
    assert client.get(url, {"q": "hydro"}).json() == ["Hydrology"]
    for number in range(20):
        topic = TopicFactory(programme=cast.programme, name=f"Mapping {number}")
        topic.enrollments.add(*EnrollmentFactory.create_batch(2, cohort=cast.cohort, user=UserFactory()))
        topic.enrollments.add(cast.mentor_enrollment)
    assert len(client.get(url, {"q": "map"}).json()) == 12
    closed = reverse("cohorts:topic-suggest", args=[cast.cohort.slug])
    assert client.get(closed, {"q": "map"}).status_code == 404
    for user, status in [(cast.stranger, 404), (cast.mentor, 404), (cast.viewer, 200)]:
        client.force_login(user)
        assert client.get(closed, {"q": "map"}).status_code == status


@pytest.mark.browser
def test_names_are_offered_while_somebody_types_and_chosen_by_the_keyboard(site):
    cohort = CohortFactory(slug="open-seeds-9", suggested_topics="Soil, Water")
    hydrology = TopicFactory(programme=cohort.programme, name="Hydrology")
    TopicFactory(programme=cohort.programme, name="River science", merged_into=hydrology)
    for enrollment in EnrollmentFactory.create_batch(2, cohort=CohortFactory(programme=cohort.programme)):
        enrollment.topics.add(hydrology)
    # The form itself offers the most used names; only the server knows that the other name leads there, too.
    with chromium() as browser:
        page = browser.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{site}/join/open-seeds-9/mentor/")
        entry = page.locator("#id_topics")
        entry.fill("river")
        offered = page.get_by_role("button", name="Add Hydrology")
        offered.wait_for()
        entry.press("ArrowDown")
        assert page.evaluate("document.activeElement.dataset.word") == "Hydrology"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "id_topics"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        entry.press_sequentially("My own, ")
        assert page.locator("input[name=topics]").input_value() == "Hydrology, My own"
        assert not faults

"""The section schemas that notes are written in, and the workflow that approves them."""

from django.db import migrations

THREE_QUESTIONS = ("What happened?", "What is the background?", "What does it mean?")


def create(apps, schema_editor):
    SectionSchema = apps.get_model("notes", "SectionSchema")
    SectionHeading = apps.get_model("notes", "SectionHeading")
    three_questions = SectionSchema.objects.create(name="Three questions")
    SectionSchema.objects.create(name="Free form")
    SectionHeading.objects.bulk_create(
        SectionHeading(schema=three_questions, text=text, sort_order=order)
        for order, text in enumerate(THREE_QUESTIONS)
    )

    Group = apps.get_model("auth", "Group")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    WorkflowContentType = apps.get_model("wagtailcore", "WorkflowContentType")
    GroupApprovalTask = apps.get_model("wagtailcore", "GroupApprovalTask")
    editors, _ = Group.objects.get_or_create(name="Editors")
    task_type, _ = ContentType.objects.get_or_create(
        app_label="wagtailcore", model="groupapprovaltask"
    )
    note_type, _ = ContentType.objects.get_or_create(app_label="notes", model="note")
    workflow = Workflow.objects.create(name="Note approval", active=True)
    task = GroupApprovalTask.objects.create(
        name="An editor approves", active=True, content_type=task_type
    )
    task.groups.add(editors)
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    WorkflowContentType.objects.create(workflow=workflow, content_type=note_type)


class Migration(migrations.Migration):
    dependencies = [
        ("notes", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]

"""What stands in an issue beside its notes: briefs, region by region."""

from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock

from notes.blocks import TEXT_FEATURES


class RegionBlock(StructBlock):
    """A part of the world, and what else happened there."""

    name = CharBlock(max_length=60)
    briefs = ListBlock(RichTextBlock(features=TEXT_FEATURES))

    class Meta:
        icon = "globe"
        label_format = "{name}"


class RegionsBlock(StreamBlock):
    """All regions of an issue, in order."""

    region = RegionBlock()

"""The parts a note's body is made of: sections, and in them text, quotations, figures, tables."""

from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock, TextBlock
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["bold", "italic", "superscript", "subscript", "link", "ol", "ul"]


class QuoteBlock(StructBlock):
    """Somebody's words, set apart."""

    text = TextBlock()
    attribution = CharBlock(required=False)

    class Meta:
        icon = "openquote"


class FigureBlock(StructBlock):
    """A picture from the library; its credit and alternative text come with it."""

    picture = ImageChooserBlock()
    caption = CharBlock(required=False)

    class Meta:
        icon = "image"


class TakeawayBlock(StructBlock):
    """One numbered point: what to remember, and why."""

    lead = CharBlock(help_text="What to remember, in a sentence.")
    text = RichTextBlock(features=TEXT_FEATURES, required=False)

    class Meta:
        icon = "pick"
        label_format = "{lead}"


class PartsBlock(StreamBlock):
    """What stands under one heading, in order."""

    text = RichTextBlock(features=TEXT_FEATURES)
    quote = QuoteBlock()
    figure = FigureBlock()
    table = TableBlock()
    takeaways = ListBlock(TakeawayBlock(), icon="list-ol")


class SectionBlock(StructBlock):
    """A heading (empty for an opening without one) and what stands under it."""

    heading = CharBlock(required=False, max_length=200)
    parts = PartsBlock()

    class Meta:
        icon = "title"
        label_format = "{heading}"


class BodyBlock(StreamBlock):
    """A note's whole body."""

    section = SectionBlock()

"""The shape of a release document, as an operator hands it in."""

from marshmallow import fields, validate

from heartport.insights.rules.windows import WINDOW
from heartport.web.schemas import BodyIn

HEX = validate.Regexp("[0-9a-f]{128}", error="须为 128 个十六进制数字。")


class SealingPartIn(BodyIn):
    """The sealing to which a release belongs: its id, its day, and the units as they stood then."""

    id = fields.String(required=True)
    opened_on = fields.String(required=True)
    tree = fields.String(required=True)


class ReleaseContentIn(BodyIn):
    """A release with all its parts; manifest, tree, tables and block maps are texts as they are stored."""

    format = fields.String(required=True)
    window = fields.String(required=True, validate=validate.Regexp(WINDOW, error="须写成半年，例如 2026H1。"))
    id = fields.String(required=True)
    published_on = fields.String(required=True)
    manifest = fields.String(required=True)
    signature = fields.String(required=True, validate=HEX)
    sealing = fields.Nested(SealingPartIn, required=True)
    tables = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    block_maps = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ReleaseDocumentIn(BodyIn):
    """A release and the signature under all of it, its ids and days included."""

    content = fields.Nested(ReleaseContentIn, required=True)
    signature = fields.String(required=True, validate=HEX)

"""The pictures that are made of a design: the one to be printed or sold, and the mock-ups that show it in use.

`render.Renderer` makes the first from an upload's bytes, `mockup.Mockups` the second, both within one `room`; `layout` says how large and
where, `names` what the files are called, `numbers` takes their numbers. Nothing here knows of objects or of steps.
"""

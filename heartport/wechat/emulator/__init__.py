"""A local WeChat for the demo and the tests; run it with `python -m heartport.wechat.emulator --port N`.

It behaves as WeChat documents its service, in code that shares nothing with wechatpy or with ours, so that a
mistake in the one is not repeated in the other. `POST /_emu/...` is the phone's side.
Production never runs it.
"""

"""The pages of the stand-in for the website."""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Room</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/dist/site.css"><link rel="stylesheet" href="/dist/jam.css"></head>
<body><main class="jam-page"><h1 class="visually-hidden">Room</h1>
<jam-room data-session="{session}" data-socket="{socket}" data-stems="/api/v1/stems/"
 data-leave="/elsewhere/" data-name="{name}" data-csrf-cookie="csrftoken"
 data-policy="all" data-worker-audio="/dist/jam-audio.worker.js"
 data-worker-store="/dist/jam-store.worker.js"
 data-worker-track="/dist/jam-track.worker.js"
 data-worklet-capture="/dist/jam-capture.worklet.js"
 data-worklet-playout="/dist/jam-playout.worklet.js">No scripts.</jam-room></main>
<script type="module" src="/dist/jam-room.js"></script></body></html>"""
ELSEWHERE = """<!doctype html><html lang="en"><head><title>Elsewhere</title></head><body>
<script type="module" src="/dist/stem-rescue.js" data-stem-rescue data-stems="/api/v1/stems/"
 data-worker-store="/dist/jam-store.worker.js" data-csrf-cookie="csrftoken"></script>
</body></html>"""

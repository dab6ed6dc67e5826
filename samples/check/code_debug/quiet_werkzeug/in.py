from werkzeug.serving import run_simple

from own import app

run_simple("localhost", 5000, app, use_reloader=True)

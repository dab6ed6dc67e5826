from http.server import BaseHTTPRequestHandler, HTTPServer

HTTPServer(("127.0.0.1", 8000), BaseHTTPRequestHandler).serve_forever()

import uvicorn

uvicorn.run("0.0.0.0")

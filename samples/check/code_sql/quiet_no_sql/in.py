def greet(runner, name):
    runner.execute(f"hello {name}, select a seat from the row")

# /// script
# dependencies = [
# ///
print("hello")

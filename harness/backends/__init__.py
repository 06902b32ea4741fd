"""K and the engines that compute it: runs inside each backend's interpreter, in Python 3.6 syntax."""

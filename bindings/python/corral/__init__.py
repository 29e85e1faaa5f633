from .native import *

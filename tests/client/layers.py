"""Every layer of Keras 1.2.2 that computes, in the smallest model that has it. Python 3.6 syntax.

LAYERS: name -> (model(), shape of a sample). Inputs are numbers, those of shape WORDS integers below 10.
"""

from keras.layers import (
    ELU,
    GRU,
    LSTM,
    Activation,
    ActivityRegularization,
    AtrousConvolution1D,
    AtrousConvolution2D,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    ConvLSTM2D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    Deconvolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    Highway,
    Input,
    LeakyReLU,
    LocallyConnected1D,
    LocallyConnected2D,
    MaxoutDense,
    MaxPooling1D,
    MaxPooling3D,
    ParametricSoftplus,
    Permute,
    PReLU,
    RepeatVector,
    Reshape,
    SeparableConvolution2D,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    SReLU,
    ThresholdedReLU,
    TimeDistributed,
    TimeDistributedDense,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
    merge,
)
from keras.models import Model, Sequential
from keras.regularizers import EigenvalueRegularizer, l1l2

SEQUENCE, IMAGE, VOLUME, ROW, WORDS = (5, 3), (7, 7, 2), (4, 4, 4, 2), (4,), (6,)
LAYERS = {}


def chain(name, shape, *layers):
    """A Sequential, made when it is asked for, of layers that are functions of their named arguments."""
    LAYERS[name] = (lambda: Sequential([make() for make in layers]), shape)


def of(layer, *arguments, **named):
    """A layer, made when it is asked for: a layer belongs to one model."""
    return lambda: layer(*arguments, **named)


def timewise(inner, **named):
    return lambda: TimeDistributed(inner(), **named)


for _mode in ("cpu", "mem", "gpu"):
    chain("gru_" + _mode, SEQUENCE, of(GRU, 4, consume_less=_mode, dropout_W=0.3, dropout_U=0.3, input_shape=SEQUENCE))
    chain("lstm_" + _mode, SEQUENCE, of(LSTM, 4, consume_less=_mode, return_sequences=True, input_shape=SEQUENCE))
chain("lstm_unrolled", SEQUENCE, of(LSTM, 4, unroll=True, input_shape=SEQUENCE))
chain("lstm_backwards", SEQUENCE, of(LSTM, 4, go_backwards=True, W_regularizer=l1l2(0.01), input_shape=SEQUENCE))
chain("lstm_open_length", SEQUENCE, of(LSTM, 4, dropout_W=0.3, dropout_U=0.3, input_shape=(None, 3)))
chain("timewise", SEQUENCE, timewise(of(Dense, 4), input_shape=SEQUENCE))
chain("timewise_known_batch", SEQUENCE, timewise(of(Dense, 4), batch_input_shape=(8,) + SEQUENCE))
chain("timewise_softmax", SEQUENCE, timewise(of(Dense, 4), input_shape=SEQUENCE), of(Activation, "softmax"))
chain("timewise_convolution", (3,) + IMAGE, timewise(of(Convolution2D, 4, 3, 3), input_shape=(3,) + IMAGE))
chain("time_distributed_dense", SEQUENCE, of(TimeDistributedDense, 4, input_shape=SEQUENCE))
chain("conv_lstm", (3,) + IMAGE, of(ConvLSTM2D, 4, 3, 3, border_mode="same", input_shape=(3,) + IMAGE))
chain("convolution_1d", (9, 3), of(Convolution1D, 4, 3, subsample_length=2, input_shape=(9, 3)))
chain("convolution_3d", VOLUME, of(Convolution3D, 4, 2, 2, 2, input_shape=VOLUME))
chain("atrous_1d", (9, 3), of(AtrousConvolution1D, 4, 3, atrous_rate=2, input_shape=(9, 3)))
chain("atrous_2d", IMAGE, of(AtrousConvolution2D, 4, 3, 3, atrous_rate=(2, 2), input_shape=IMAGE))
chain("separable", IMAGE, of(SeparableConvolution2D, 4, 3, 3, input_shape=IMAGE))
chain(
    "deconvolution",
    IMAGE,
    of(Deconvolution2D, 4, 3, 3, (None, 14, 14, 4), subsample=(2, 2), border_mode="same", input_shape=IMAGE),
)
chain("pooling_1d", (9, 3), of(MaxPooling1D, 2, input_shape=(9, 3)), of(Convolution1D, 2, 2), of(AveragePooling1D, 2))
chain("pooling_2d", IMAGE, of(AveragePooling2D, border_mode="same", input_shape=IMAGE), of(Convolution2D, 2, 2, 2))
chain("pooling_3d", VOLUME, of(MaxPooling3D, input_shape=VOLUME), of(Convolution3D, 2, 2, 2, 2))
chain("global_pooling_1d", SEQUENCE, of(Convolution1D, 2, 2, input_shape=SEQUENCE), of(GlobalMaxPooling1D))
chain("global_pooling_2d", IMAGE, of(Convolution2D, 2, 2, 2, input_shape=IMAGE), of(GlobalMaxPooling2D))
chain("global_pooling_3d", VOLUME, of(Convolution3D, 2, 2, 2, 2, input_shape=VOLUME), of(GlobalAveragePooling3D))
chain("up_sampling_1d", SEQUENCE, of(UpSampling1D, 2, input_shape=SEQUENCE), of(Convolution1D, 2, 2))
chain("up_sampling_2d", IMAGE, of(UpSampling2D, input_shape=IMAGE), of(Convolution2D, 2, 2, 2))
chain("up_sampling_3d", VOLUME, of(UpSampling3D, input_shape=VOLUME), of(Convolution3D, 2, 2, 2, 2))
chain(
    "borders_1d", SEQUENCE, of(ZeroPadding1D, 2, input_shape=SEQUENCE), of(Convolution1D, 2, 2), of(Cropping1D, (1, 1))
)
chain(
    "borders_2d",
    IMAGE,
    of(ZeroPadding2D, (1, 2, 0, 1), input_shape=IMAGE),
    of(Convolution2D, 2, 2, 2),
    of(Cropping2D, ((1, 0), (0, 1))),
)
chain("borders_3d", VOLUME, of(ZeroPadding3D, input_shape=VOLUME), of(Convolution3D, 2, 2, 2, 2), of(Cropping3D))
chain("local_1d", SEQUENCE, of(LocallyConnected1D, 4, 3, input_shape=SEQUENCE))
chain("local_2d", IMAGE, of(LocallyConnected2D, 4, 3, 3, input_shape=IMAGE))
chain("local_2d_th", (2, 5, 5), of(LocallyConnected2D, 4, 3, 3, dim_ordering="th", input_shape=(2, 5, 5)))
chain("dropout_1d", SEQUENCE, of(SpatialDropout1D, 0.3, input_shape=SEQUENCE), of(Convolution1D, 2, 2))
chain("dropout_2d", IMAGE, of(SpatialDropout2D, 0.3, input_shape=IMAGE), of(Convolution2D, 2, 2, 2))
chain("dropout_3d", VOLUME, of(SpatialDropout3D, 0.3, input_shape=VOLUME), of(Convolution3D, 2, 2, 2, 2))
chain(
    "shapes", ROW, of(Dense, 6, input_shape=ROW), of(Reshape, (-1, 3)), of(Permute, (2, 1)), of(Flatten), of(Dense, 2)
)
chain(
    "constraints",
    ROW,
    of(Dense, 5, W_constraint="maxnorm", b_constraint="nonneg", input_shape=ROW),
    of(Dense, 3, W_constraint="unitnorm"),
)
for _name, _layer in {
    "prelu": of(PReLU),
    "srelu": of(SReLU),
    "elu": of(ELU, 0.5),
    "leaky_relu": of(LeakyReLU, 0.2),
    "thresholded_relu": of(ThresholdedReLU, 0.1),
    "parametric_softplus": of(ParametricSoftplus),
    "softplus": of(Activation, "softplus"),
    "softsign": of(Activation, "softsign"),
    "noise": of(GaussianNoise, 0.1),
    "gaussian_dropout": of(GaussianDropout, 0.2),
    "highway": of(Highway),
    "maxout": of(MaxoutDense, 4, nb_feature=3),
    "repeat": of(RepeatVector, 3),
    "samplewise_normalisation": of(BatchNormalization, mode=1),
    "batchwise_normalisation": of(BatchNormalization, mode=2),
    "activity_regularisation": of(ActivityRegularization, 0.01, 0.01),
    "eigenvalue_regularisation": of(Dense, 4, W_regularizer=EigenvalueRegularizer(0.1)),
}.items():
    chain(_name, ROW, of(Dense, 5, input_shape=ROW), _layer)


def merged(mode, **named):
    """Two layers over one input, made one."""
    x = Input(ROW)
    y = merge([Dense(4)(x), Dense(4)(x)], mode=mode, **named)
    return Model(x, Flatten()(y) if mode == "cos" else y)


for _mode in ("sum", "mul", "ave", "concat", "max"):
    LAYERS["merge_" + _mode] = (lambda mode=_mode: merged(mode), ROW)
for _mode in ("dot", "cos"):
    LAYERS["merge_" + _mode] = (lambda mode=_mode: merged(mode, dot_axes=1), ROW)


def masks_merged():
    """Masks of a sequence and of what was computed from it, joined and multiplied."""
    x = Input(WORDS, dtype="int32")
    words = Embedding(10, 4, mask_zero=True)(x)
    states = LSTM(4, return_sequences=True)(words)
    both = merge([merge([words, states], mode="concat"), merge([states, words], mode="sum")], mode="concat")
    return Model(x, TimeDistributed(Dense(2))(both))


def shared_parts():
    """A layer that is used twice, and a model as a layer."""
    x = Input(ROW)
    dense = Dense(4)
    part = Sequential([Dense(4, input_shape=ROW), BatchNormalization(), Activation("relu"), Dropout(0.2)])
    return Model(x, merge([dense(part(x)), dense(x)], mode="sum"))


LAYERS["masks_merged"] = (masks_merged, WORDS)
LAYERS["shared_parts"] = (shared_parts, ROW)
